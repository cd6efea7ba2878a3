import type { Page, Route } from '@playwright/test'
import type { TestServer } from '../support/server'
import { createToken, idOf, openUser, setRole, statusWith, test } from './administration'
import { whenBlanked } from './blanking'
import {
  expect,
  expectLive,
  expectProfile,
  expectSaid,
  expectSignedOut,
  signIn,
  signUp,
  type Person,
} from './fixtures'
import { areYouSure, onlySession } from './profile-page'

/** How long the list waits for more to be typed before it looks, in milliseconds. */
const TYPING_PAUSE_MS = 200

test.describe('deleting a user', () => {
  test('on their page blanks all their tabs, kills their token and touches nobody else', async ({
    server,
    openAdmin,
    openBrowser,
    newPerson,
  }) => {
    const { ada, tabs, token, stranger } = await scene({ openBrowser, newPerson })
    const admin = await openAdmin()
    await openUser(admin, ada)
    await admin.getByRole('link', { name: 'Delete account…' }).click()
    for (const what of ['2 sessions', '1 API token', '3 open tabs']) {
      await expect(admin.getByText(what, { exact: true })).toBeVisible()
    }
    const blanked = await Promise.all(tabs.map((tab) => whenBlanked(tab, ada.name)))

    await admin.getByRole('button', { name: `Delete ${ada.name}` }).click()
    await areYouSure(admin).click()

    await expectSaid(admin, `The account of ${ada.name} was deleted`)
    await expectSaid(admin, '2 sessions and 1 API token went with it; 3 open tabs were told')
    for (const isBlank of blanked) await isBlank()
    await expectGone({ server, ada, tabs, token, stranger })
  })

  test('by the API blanks all their tabs, kills their token and touches nobody else', async ({
    server,
    openAdmin,
    openBrowser,
    newPerson,
  }) => {
    const { ada, tabs, token, stranger } = await scene({ openBrowser, newPerson })
    const admin = await openAdmin()
    const strong = await createToken(admin, 'Leavers', ['Delete users'])
    const blanked = await Promise.all(tabs.map((tab) => whenBlanked(tab, ada.name)))

    const answer = await fetch(`${server.origin}/api/v1/users/${await idOf(server, ada)}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${strong}` },
    })

    expect(await answer.json()).toEqual({
      ok: true,
      deleted: { sessions: 2, apiTokens: 1, applicationSignIns: 0, openTabs: 3 },
    })
    for (const isBlank of blanked) await isBlank()
    await expectGone({ server, ada, tabs, token, stranger })
    await admin.reload()
    await expectProfile(admin)
  })

  type Fixtures = { openBrowser: () => Promise<Page>; newPerson: (name?: string) => Person }

  /** Ada in two browsers, three tabs in all, with a token in use; and somebody else. */
  async function scene({ openBrowser, newPerson }: Fixtures) {
    const [here, there, stranger] = [await openBrowser(), await openBrowser(), await openBrowser()]
    const ada = newPerson()
    await signUp(here, ada)
    const token = await createToken(here, 'backup', ['See your name and e-mail address'])
    await here.goto('/profile')
    await signIn(there, ada)
    await signUp(stranger, newPerson('Alan Turing'))
    const another = await there.context().newPage()
    await another.goto('/profile')
    const tabs = [here, there, another]
    for (const tab of [...tabs, stranger]) await expectLive(tab)
    expect(await statusWith(here.request, token)).toBe(200)
    return { ada, tabs, token, stranger }
  }

  async function expectGone({
    server,
    ada,
    tabs,
    token,
    stranger,
  }: Awaited<ReturnType<typeof scene>> & { server: TestServer }) {
    for (const tab of tabs) await expectSignedOut(tab, 'Your account was deleted.')
    expect(await statusWith(stranger.request, token)).toBe(401)
    expect(await idOf(server, ada)).toBeUndefined()
    await expectProfile(stranger)
    await stranger.reload()
    await expectProfile(stranger)
  }
})

test('a disabled person lands on the sign-in page, which says why, without a press', async ({
  openAdmin,
  openBrowser,
  newPerson,
}) => {
  const [admin, here, ada] = [await openAdmin(), await openBrowser(), newPerson()]
  await signUp(here, ada)
  await expectLive(here)
  await openUser(admin, ada)

  await admin.getByRole('button', { name: 'Disable account' }).click()
  await areYouSure(admin).click()

  await expectSignedOut(here, 'Your account was disabled.')
  await expectSaid(admin, 'Disabled, and signed out everywhere')
  await admin.getByRole('button', { name: 'Enable account' }).click()
  await expectSaid(admin, 'Enabled')
  await signIn(here, ada)
})

test('who is demoted loses the pages of administrators while they are open', async ({
  server,
  openAdmin,
  openBrowser,
  newPerson,
}) => {
  const [admin, demoted, ada] = [await openAdmin(), await openBrowser(), newPerson()]
  await signUp(demoted, ada)
  await setRole(admin, ada, 'Administrator')
  await demoted.goto('/admin/users')
  await expect(demoted.getByRole('heading', { level: 1, name: 'Users' })).toBeVisible()
  await expectLive(demoted)

  await setRole(admin, ada, 'User')

  await expect(demoted.getByText('This page is for administrators.')).toBeVisible()
  await expect(demoted.getByRole('table')).toHaveCount(0)
  const answer = await demoted.request.get(`/admin/users/${await idOf(server, ada)}`)
  expect(answer.status()).toBe(403)
  await demoted.getByRole('link', { name: 'Go to your profile' }).click()
  await expectProfile(demoted)
  await expect(demoted.getByRole('link', { name: 'Users' })).toHaveCount(0)
})

test('"sign everyone out" spares the tabs of the session that asks, and no other', async ({
  openAdmin,
  openBrowser,
  newPerson,
}) => {
  const [admin, elsewhere, here] = [await openAdmin(), await openAdmin(), await openBrowser()]
  const tab = await admin.context().newPage()
  await signUp(here, newPerson())
  await tab.goto('/profile')
  await admin.goto('/admin/users')
  for (const page of [admin, tab, elsewhere, here]) await expectLive(page)
  await expect(tab.getByRole('button', { name: /^Sign out of \d+ other/ })).toBeVisible()

  await admin.getByRole('button', { name: 'Sign everyone out' }).click()
  await areYouSure(admin).click()

  await expectSaid(admin, 'Everyone was signed out of')
  for (const page of [elsewhere, here])
    await expectSignedOut(page, 'An administrator signed you out.')
  await expect(onlySession(tab)).toBeVisible()
})

test('the list finds by typing, and its address is the question', async ({
  openAdmin,
  openBrowser,
  newPerson,
}) => {
  const ada = newPerson('Zenobia Unmistakable')
  await signUp(await openBrowser(), ada)
  await signUp(await openBrowser(), newPerson('Alan Turing'))
  const admin = await openAdmin()
  await admin.goto('/admin/users')
  await expectLive(admin)

  await admin.getByRole('searchbox').pressSequentially('zenobia')
  await expect(admin.getByRole('link', { name: ada.name })).toBeVisible()
  await expect(admin.getByRole('link', { name: 'Alan Turing' })).toHaveCount(0)
  await expect(admin.getByRole('searchbox')).toBeFocused()
  await expect(admin).toHaveURL(/q=zenobia/)
  await admin.getByLabel('Role').selectOption('Administrators')
  await expect(admin.getByText('Nobody found')).toBeVisible()
  await admin.getByRole('link', { name: 'Users', exact: true }).click()
  await expect(admin.getByRole('searchbox'), 'shows what the list is of now').toHaveValue('')
  await expect(admin.getByLabel('Role')).toHaveValue('')

  // Who is quick follows a link before the pause in the typing has been noticed.
  await admin.goto('/admin/users')
  await expectLive(admin)
  const slow = (route: Route) => setTimeout(() => void route.continue(), 2 * TYPING_PAUSE_MS)
  await admin.route('**/admin/users/*', slow)
  // The answer would take the link away from who is less quick, as a busy machine makes this test.
  await admin.route(/[?&]q=z/, () => undefined)
  await admin.getByRole('searchbox').pressSequentially('zen')
  await admin.getByRole('link', { name: 'Grace Hopper' }).last().click()
  await expect(admin.getByRole('heading', { level: 1, name: 'Grace Hopper' })).toBeVisible()

  const other = await openAdmin()
  await other.goto('/admin/users?q=zenobia&role=admin')
  await expect(other.getByRole('searchbox')).toHaveValue('zenobia')
  await expect(other.getByLabel('Role')).toHaveValue('admin')
})

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    const ready = (page: Page) => (javaScriptEnabled ? expectLive(page) : Promise.resolve())

    test('an invited person chooses a password by the link, is found, edited and deleted', async ({
      server,
      openAdmin,
      openBrowser,
      newPerson,
    }) => {
      const [admin, ada] = [await openAdmin({ javaScriptEnabled }), newPerson('Zelda Invited')]
      await admin.goto('/admin/users')
      await admin.getByRole('link', { name: 'New user' }).click()
      // The list, until it is left, has a field for a name too.
      await expect(admin.getByRole('heading', { level: 1, name: 'New user' })).toBeVisible()
      await ready(admin)
      await admin.getByLabel('Name', { exact: true }).fill(ada.name)
      await admin.getByLabel('E-mail').fill('grace@example.com')
      await admin.getByRole('button', { name: 'Create user' }).click()
      await expect(admin.getByLabel('E-mail')).toHaveAccessibleDescription(/Another account/)
      await admin.getByLabel('E-mail').fill(ada.email)
      await admin.getByRole('button', { name: 'Create user' }).click()
      const link = await admin.getByLabel('Password link').inputValue()

      const invited = await openBrowser({ javaScriptEnabled })
      await invited.goto(link)
      await expect(invited).toHaveURL(/\/password-link$/)
      await expect(invited.getByRole('heading', { name: `Welcome, ${ada.name}` })).toBeVisible()
      await expect(invited.getByText('you will be signed out')).toHaveCount(0)
      await invited.getByLabel('New password').fill('password')
      await invited.getByRole('button', { name: 'Save password and sign in' }).click()
      await expect(invited.getByLabel('New password')).toHaveAccessibleDescription(/too easy/)
      await invited.getByLabel('New password').fill(ada.password)
      await invited.getByRole('button', { name: 'Save password and sign in' }).click()
      await expectProfile(invited)
      await invited.goto(link)
      await expect(invited.getByText('This link has expired or was already used.')).toBeVisible()

      await admin.goto('/admin/users')
      await ready(admin)
      await admin.getByRole('searchbox').fill('zelda')
      if (!javaScriptEnabled) await admin.getByRole('button', { name: 'Search' }).click()
      await admin.getByRole('link', { name: ada.name }).last().click()
      await expect(admin.getByRole('button', { name: /^Sign out of Chrom/ })).toHaveCount(1)
      await admin.getByLabel('Name', { exact: true }).fill('Zelda King')
      await admin.getByRole('button', { name: 'Save' }).click()
      await expect(admin.getByRole('heading', { level: 1, name: 'Zelda King' })).toBeVisible()

      await admin.getByRole('link', { name: 'Delete account…' }).click()
      await expect(admin.getByText('What will be deleted')).toBeVisible()
      await expect(admin.getByText('1 session', { exact: true })).toBeVisible()
      await expect(admin.getByText('0 API tokens')).toHaveCount(0)
      await admin.getByRole('button', { name: 'Delete Zelda King' }).click()
      if (javaScriptEnabled) await areYouSure(admin).click()
      await expectSaid(admin, 'The account of Zelda King was deleted')
      await invited.goto('/profile')
      await expect(invited.getByRole('heading', { name: 'Sign in' })).toBeVisible()
      expect(await idOf(server, ada)).toBeUndefined()
    })

    test('the log and one’s own activity say what happened', async ({
      openAdmin,
      openBrowser,
      newPerson,
    }) => {
      const name = javaScriptEnabled ? 'Yolanda Logged' : 'Xaver Logged'
      const [page, ada] = [await openBrowser({ javaScriptEnabled }), newPerson(name)]
      await signUp(page, ada)
      await page.getByRole('link', { name: 'Activity', exact: true }).click()
      await expect(page.getByRole('rowheader', { name: /Account created/ })).toBeVisible()
      const admin = await openAdmin({ javaScriptEnabled })
      await admin.goto('/admin/audit')
      await ready(admin)
      await admin.getByRole('searchbox').fill(name.toLowerCase())
      await admin.getByLabel('What happened').selectOption('Account created')
      await admin.getByRole('button', { name: 'Search' }).click()
      await expect(admin.getByRole('rowheader')).toHaveCount(1)
      await expect(admin.getByRole('cell', { name: ada.name }).first()).toBeVisible()
      await admin.getByRole('link', { name: 'Audit log', exact: true }).click()
      await expect(admin.getByRole('searchbox'), 'shows what the list is of now').toHaveValue('')
      await expect(admin.getByLabel('What happened')).toHaveValue('')
    })
  })
}
