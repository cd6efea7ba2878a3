import { copySessions } from './copied-sessions'
import { expect, expectLive, expectSaid, signIn, test } from './fixtures'
import { areYouSure } from './profile-page'

/** With the one of the test's own browser, as many as a person may have. */
const OF_EACH = 33

test('a hundred sessions are found, ticked and ended on a phone, without scrolling for the button', async ({
  server,
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const page = await openBrowser({ viewport: { width: 375, height: 700 }, hasTouch: true })
  const ada = newPerson()
  await newDevice().signUp(ada.email, ada.name)
  await copySessions(server, ada.email, OF_EACH)
  await signIn(page, ada)
  const groups = page.getByRole('listitem').filter({ has: page.locator('summary') })
  await expect(page.getByText('33 sessions')).toHaveCount(3)
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(await overflow()).toBeLessThanOrEqual(0)

  const search = page.getByRole('searchbox', { name: 'Search sessions' })
  await search.fill('iphone')
  await expect(page.getByText('33 sessions').filter({ visible: true })).toHaveCount(1)
  await expect(groups.getByText('Safari on iPhone').first()).toBeVisible()
  await page.getByRole('button', { name: 'Select all' }).click()
  const end = page.getByRole('button', { name: 'Sign out selected (33)' })
  await expect(end).toBeInViewport()
  await end.click()
  await expect(areYouSure(page)).toHaveText(/Sign out 33 sessions\?/)
  await areYouSure(page).click()
  await expectSaid(page, 'Signed out of 33 other sessions')

  await search.fill('iphone')
  await expect(page.getByText('No session is like that')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Select all' })).toBeDisabled()
})

test('what is ticked and typed among many sessions stays while others are searched for, begin and end', async ({
  server,
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [page, ada] = [await openBrowser(), newPerson()]
  const opera = newDevice('Mozilla/5.0 (X11; Linux x86_64) OPR/130.0.0.0')
  await opera.signUp(ada.email, ada.name)
  await copySessions(server, ada.email, 4)
  await signIn(page, ada)
  await expectLive(page)
  const search = page.getByRole('searchbox', { name: 'Search sessions' })
  const rows = page.getByRole('listitem').filter({ has: page.getByRole('checkbox') })
  const ticked = page.getByRole('checkbox', { checked: true })
  const operaRow = rows.filter({ hasText: 'Opera on Linux' })
  const name = page.getByLabel('Name of this device (Opera on Linux)')
  const typedNames = () =>
    name.evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value))

  await operaRow.getByText('Details').click()
  await name.fill('My work lapt')
  await search.fill('iphone')
  await page.getByRole('button', { name: 'Select all' }).click()
  await search.fill('opera')
  await page.getByLabel('Select Opera on Linux').check()
  await expect(page.getByRole('button', { name: 'Select none' })).toBeVisible()
  await search.fill('')
  await expect(page.getByRole('button', { name: 'Sign out selected (5)' })).toBeVisible()

  const second = newDevice('Mozilla/5.0 (X11; Linux x86_64) OPR/130.0.0.0')
  await second.signIn(ada.email)
  await expect(page.getByText('2 sessions')).toBeVisible()
  expect(await typedNames()).toEqual(['', 'My work lapt'])
  await second.submit('/logout', { intent: 'sign-out' })
  await expect(page.getByText('2 sessions')).toBeHidden()
  expect(await typedNames()).toEqual(['My work lapt'])
  await search.fill('firefox')
  await expect(ticked).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Sign out selected', exact: true })).toBeDisabled()
  await search.fill('iphone')
  await page.getByRole('button', { name: 'Sign out selected (4)' }).click()
  await areYouSure(page).click()
  await expectSaid(page, 'Signed out of 4 other sessions')
  expect(await opera.isSignedIn()).toBe(true)
  await search.fill('')
  await page.getByRole('button', { name: 'Sign out selected (1)' }).click()
  await areYouSure(page).click()
  await expectSaid(page, 'Signed out of 1 other session')
  expect(await opera.isSignedIn()).toBe(false)

  await search.fill('chrome')
  await page.getByRole('button', { name: 'Select all' }).click()
  await page.getByRole('button', { name: 'Sign out selected (4)' }).click()
  await areYouSure(page).click()
  await expectSaid(page, 'Signed out of 4 other sessions')
  await expect(search).toHaveValue('chrome')
  await search.fill('')
  await expect(page.getByText('Firefox on Linux').first()).toBeVisible()
})
