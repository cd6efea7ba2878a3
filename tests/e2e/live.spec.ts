import type { Page } from '@playwright/test'
import type { TestServer } from '../support/server'
import { until } from '../support/until'
import { createVisitor } from '../support/visitor'
import {
  expect,
  expectLive,
  expectNoSessionCookie,
  expectProfile,
  expectSaid,
  expectSignedOut,
  holdBack,
  signIn,
  signUp,
  swallowSockets,
  test,
  type Person,
} from './fixtures'
import { areYouSure, endOthersButton, onlySession, sessionLines } from './profile-page'

/** The pages' own spans, in milliseconds. */
const POLL = 30_000
const LONGEST_BACKOFF = 30_000
const ASLEEP = 60_000
const HOURS_3 = 3 * 3_600_000

const signedOutElsewhere = 'You were signed out from another device.'

test('a page that was left because its session ended shows nothing private after Back', async ({
  openBrowser,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), await openBrowser(), newPerson()]
  await signUp(here, ada)
  await signIn(there, ada)
  await expectLive(here)
  await expectLive(there)
  await visitSecurityPage(there)

  await endOthers(here)
  await expectSignedOut(there, signedOutElsewhere)
  await expectNothingPrivateBehind(there, ada)

  await visitSecurityPage(here)
  await here.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expectSignedOut(here, 'You signed out.')
  // Told by its socket as well, it leaves the way to the answer that takes the cookie.
  await expectNoSessionCookie(here)
  await expectNothingPrivateBehind(here, ada)
})

test('a page whose sockets are swallowed is signed out by its poll, and follows the list by it', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), newDevice(), newPerson()]
  await here.addInitScript(swallowSockets)
  await here.clock.install()
  await signUp(here, ada)
  await expect(onlySession(here)).toBeVisible()

  await there.signIn(ada.email)
  await here.clock.runFor(POLL)
  await expect(endOthersButton(here)).toBeVisible()

  await there.confirm('/profile', { intent: 'sign-out-of-sessions' })
  await expectProfile(here)
  await here.clock.runFor(POLL)
  await expectSignedOut(here, 'You were signed out')
})

test('a page whose sockets are refused is signed out when it tries to connect again', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), newDevice(), newPerson()]
  await here.routeWebSocket('**/live', (socket) => socket.close())
  await here.clock.install()
  await signUp(here, ada)
  await there.signIn(ada.email)

  await there.confirm('/profile', { intent: 'sign-out-of-sessions' })
  await here.clock.runFor(POLL)
  await expectSignedOut(here, 'You were signed out')
})

test('a page that wakes up hides everything until the server has said that the session goes on, and keeps what was typed', async ({
  openBrowser,
  newPerson,
}) => {
  const [here, ada] = [await openBrowser(), newPerson()]
  await here.clock.install()
  await signUp(here, ada)
  await expectLive(here)
  await here.getByRole('textbox', { name: 'Name' }).fill('Half typed')
  const letThrough = await holdBack(here, '**/api/v1/session')

  await here.clock.fastForward(ASLEEP)
  await expect(here.getByText('Checking that you are still signed in…')).toBeVisible()
  await expect(here.getByText(ada.name).filter({ visible: true })).toHaveCount(0)
  await expect(here.getByRole('textbox')).toHaveCount(0)

  await letThrough()
  await expectProfile(here)
  await expect(here.getByRole('textbox', { name: 'Name' })).toHaveValue('Half typed')
})

test('a page that wakes up after its session has ended goes to sign-in and shows nothing before', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), newDevice(), newPerson()]
  await here.addInitScript(swallowSockets)
  await here.clock.install()
  await signUp(here, ada)
  await there.signIn(ada.email)
  await there.confirm('/profile', { intent: 'sign-out-of-sessions' })

  await here.clock.fastForward(ASLEEP)
  await expectSignedOut(here, 'You were signed out')
})

test('a session that is deleted by hand in the database signs its tabs out', async ({
  server,
  openBrowser,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), await openBrowser(), newPerson()]
  await signUp(here, ada)
  await signIn(there, ada)
  await expectLive(here)
  await expectLive(there)

  const id = await sessionOf(here)
  await server.query('DELETE FROM "Session" WHERE "id" = ?', id)

  await expectSignedOut(here, 'You were signed out')
  await expect(onlySession(there)).toBeVisible()
})

test('a session that expires lands on the sign-in page, which says so', async ({
  newServer,
  openBrowser,
  newPerson,
}) => {
  const { origin, setUpToken } = await newServer({ SESSION_BRIEF: '6s' })
  const ada = newPerson()
  await createVisitor(origin).setUp(setUpToken(), ada.email, ada.name, ada.password)
  const here = await openBrowser({ baseURL: origin })
  await signIn(here, ada)
  await expectSignedOut(here, 'Your session expired.')
})

test('sessions that start and end elsewhere are followed without a reload', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), newDevice(), newPerson()]
  await signUp(here, ada)
  await expectLive(here)
  await expect(onlySession(here)).toBeVisible()

  await there.signIn(ada.email)
  await expect(endOthersButton(here)).toBeVisible()
  await expect(sessionLines(here)).toHaveCount(2)

  await there.submit('/logout')
  await expect(onlySession(here)).toBeVisible()
})

test('an armed button asks again when a session has started meanwhile', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [here, ada] = [await openBrowser(), newPerson()]
  await signUp(here, ada)
  await newDevice().signIn(ada.email)
  await expectLive(here)
  await endOthersButton(here).click()
  await expect(areYouSure(here)).toBeVisible()

  await newDevice().signIn(ada.email)
  await expect(endOthersButton(here, 2)).toBeVisible()
  await expect(areYouSure(here)).toHaveCount(0)
})

test('a tab reconnects after the server was restarted, stays signed in and is told of changes', async ({
  server,
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [here, ada] = [await openBrowser(), newPerson()]
  await here.clock.install()
  await signUp(here, ada)
  await expectLive(here)

  await server.stop()
  await server.start()
  await here.clock.runFor(LONGEST_BACKOFF)
  await expectLive(here, 2)
  await expectProfile(here)

  await newDevice().signIn(ada.email)
  await expect(endOthersButton(here)).toBeVisible()
})

test('who changes their password stays signed in, in their other tabs too, and nowhere else', async ({
  openBrowser,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), await openBrowser(), newPerson()]
  await signUp(here, ada)
  await signIn(there, ada)
  const otherTab = await here.context().newPage()
  await otherTab.goto('/profile')
  await expectLive(otherTab)
  await expectLive(there)

  await here.goto('/profile/password')
  await expectLive(here)
  await here.getByLabel('Current password').fill(ada.password)
  await here.getByLabel('New password').fill('eight red lanterns')
  await here.getByRole('button', { name: 'Change password' }).click()

  await expectSignedOut(there, 'Your password was changed, so you were signed out here.')
  await expectLive(otherTab, 2)
  await expectLive(here, 2)
  await expectProfile(otherTab)
  await otherTab.getByRole('textbox', { name: 'Name' }).fill('Ada King')
  await otherTab.getByRole('button', { name: 'Save name' }).click()
  await expectSaid(otherTab, 'Name saved')
})

test('what a page refreshes by itself is no activity, what a person opens is', async ({
  server,
  openBrowser,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), await openBrowser(), newPerson()]
  await here.clock.install()
  await signUp(here, ada)
  await expectLive(here)
  await moveLastVisit(server, await sessionOf(here), HOURS_3)

  await signIn(there, ada)
  await expect(endOthersButton(here)).toBeVisible()
  await here.clock.runFor(POLL)
  await there.reload()
  await expect(there.getByText('Active 3 hours ago')).toBeVisible()

  await visitSecurityPage(here)
  await there.reload()
  await expect(sessionLines(there).getByText('Active now')).toHaveCount(2)
})

async function visitSecurityPage(page: Page) {
  await page.getByRole('link', { name: 'Sign-in and security' }).click()
  const title = { level: 1, name: 'Sign-in and security' }
  await expect(page.getByRole('heading', title)).toBeVisible()
}

async function expectNothingPrivateBehind(page: Page, { name }: Person) {
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByText(name)).toHaveCount(0)
}

async function endOthers(page: Page) {
  await endOthersButton(page).click()
  await areYouSure(page).click()
  await expect(onlySession(page)).toBeVisible()
}

/** The id of the session that the browser is signed in with. */
async function sessionOf(page: Page): Promise<string> {
  const answer = await page.request.get('/api/v1/session')
  return ((await answer.json()) as { session: { id: string } }).session.id
}

/** Makes a session look as if it had not been used for so long (milliseconds). */
async function moveLastVisit(server: TestServer, id: string, ago: number) {
  // Visits are written in batches. One that was written later would undo the move.
  await until(() =>
    server.queryValue('SELECT 1 FROM "Session" WHERE "id" = ? AND "lastSeenAt" > "createdAt"', id),
  )
  await server.query(
    'UPDATE "Session" SET "lastSeenAt" = ? WHERE "id" = ?',
    ...[new Date(Date.now() - ago), id],
  )
}
