import { copySessions } from './copied-sessions'
import { idOf, test } from './administration'
import {
  ADMIN,
  expect,
  expectLive,
  expectProfile,
  expectSaid,
  expectSignedOut,
  signIn,
  signUp,
} from './fixtures'
import { enterOn, tabTo, typeInto } from './keyboard'
import { onlySession, sessionLines } from './profile-page'

const ofLinux = (browser: string) => `Mozilla/5.0 (X11; Linux x86_64) ${browser}/130.0.0.0`

test('the sessions of others end by the keyboard alone', async ({ openBrowser, newPerson }) => {
  const [here, there, ada] = [await openBrowser(), await openBrowser(), newPerson()]
  await signUp(here, ada)
  await signIn(there, ada)
  await expectLive(here)
  await expectLive(there)

  await enterOn(here, here.getByRole('button', { name: 'Sign out of 1 other session' }))
  await expect(here.getByRole('status').filter({ hasText: 'Press again' })).toBeAttached()
  await here.keyboard.press('Enter')

  await expect(onlySession(here)).toBeVisible()
  await expectSignedOut(there, 'You were signed out from another device.')
})

test('the focus stays in the list when sessions end there, and in the field in which one is named', async ({
  server,
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [page, ada] = [await openBrowser(), newPerson()]
  await newDevice(ofLinux('OPR')).signUp(ada.email, ada.name)
  await newDevice(ofLinux('Edg')).signIn(ada.email)
  await copySessions(server, ada.email, 3)
  await signIn(page, ada)
  await expectLive(page)
  const row = (browser: string) => sessionLines(page).filter({ hasText: browser })

  await test.step('names one', async () => {
    await enterOn(page, row('Opera').locator('summary').filter({ hasText: 'Details' }))
    const field = page.getByLabel('Name of this device (Opera on Linux)')
    await typeInto(page, field, 'Work')
    await page.keyboard.press('Enter')
    await expectSaid(page, 'Name saved')
    await expect(row('Opera').getByText('Work', { exact: true })).toBeVisible()
    await expect(field).toBeFocused()
    await expect(field).toHaveValue('Work')
  })

  await test.step('ends one', async () => {
    await enterOn(page, page.getByRole('button', { name: 'Sign out of Microsoft Edge on Linux' }))
    await page.keyboard.press('Enter')
    await expect(row('Edge')).toHaveCount(0)
    await expect(page.getByRole('main').locator('li:focus')).toBeVisible()
  })

  await test.step('ends those that are ticked', async () => {
    await tabTo(page, page.getByLabel('Select Work (Opera on Linux)'))
    await page.keyboard.press('Space')
    await enterOn(page, page.getByRole('button', { name: 'Sign out selected (1)' }))
    await page.keyboard.press('Enter')
    await expectSaid(page, 'Signed out of 1 other session')
    await expect(page.getByRole('heading', { name: 'Where you’re signed in' })).toBeFocused()
  })
})

test('Escape closes the menu of a phone and gives the focus back to its button', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser({ viewport: { width: 375, height: 700 } })
  await signUp(page, newPerson())
  await expectLive(page)
  const menu = page.locator('summary').filter({ hasText: 'Menu:' })
  const link = page.getByRole('link', { name: 'API tokens' }).filter({ visible: true })
  await enterOn(page, menu)
  await tabTo(page, link)
  await page.keyboard.press('Escape')
  await expect(link).toHaveCount(0)
  await expect(menu).toBeFocused()
})

test('an administrator signs in, finds somebody, disables and deletes them by the keyboard alone', async ({
  server,
  openBrowser,
  newPerson,
}) => {
  const [page, theirs, mara] = [await openBrowser(), await openBrowser(), newPerson('Mara Lind')]
  await signUp(theirs, mara)
  await page.goto('/login')

  await test.step('signs in, after a password that is wrong', async () => {
    await typeInto(page, page.getByLabel('E-mail'), ADMIN.email)
    await typeInto(page, page.getByLabel('Password', { exact: true }), 'eight red bicycles')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alert')).toContainText('Wrong e-mail, username or password.')
    await expect(page.getByLabel('Password', { exact: true })).toBeFocused()
    await page.keyboard.press('Control+a')
    await page.keyboard.type(ADMIN.password)
    await page.keyboard.press('Enter')
    await expectProfile(page)
  })

  await test.step('finds the person', async () => {
    await enterOn(page, page.getByRole('link', { name: 'Users' }).filter({ visible: true }))
    await expectLive(page)
    await typeInto(page, page.getByRole('searchbox'), mara.email)
    await enterOn(page, page.getByRole('link', { name: mara.name }).filter({ visible: true }))
    await expect(page.getByRole('heading', { level: 1, name: mara.name })).toBeVisible()
  })

  await test.step('disables them', async () => {
    await enterOn(page, page.getByRole('button', { name: 'Disable account' }))
    await page.keyboard.press('Enter')
    await expectSaid(page, 'Disabled, and signed out everywhere')
    await expectSignedOut(theirs, 'Your account was disabled.')
  })

  await test.step('deletes them', async () => {
    await enterOn(page, page.getByRole('link', { name: 'Delete account…' }))
    await enterOn(page, page.getByRole('button', { name: `Delete ${mara.name}` }))
    await page.keyboard.press('Enter')
    await expectSaid(page, 'The account of Mara Lind was deleted')
    expect(await idOf(server, mara)).toBeUndefined()
  })
})
