import type { Page } from '@playwright/test'
import { setUpAuthenticator } from '../support/authenticator-pages'
import { createVisitor, PASSWORD } from '../support/visitor'
import { openUser } from './administration'
import { ADMIN, expect, expectSaid, fillSignIn, signIn, test } from './fixtures'
import { areYouSure } from './profile-page'

/** Not the whole document, from where Tab starts over and screen readers say nothing. */
const expectFocusSomewhere = (page: Page) => expect(page.locator(':focus')).toHaveCount(1)

test('the focus is somewhere on the page after administrators add or remove something', async ({
  newServer,
  openBrowser,
}) => {
  const server = await newServer({ MAIL_FOLDER: 'mails' })
  const visitor = createVisitor(server.origin)
  await visitor.setUp(server.setUpToken(), ADMIN.email, ADMIN.name, ADMIN.password)
  const page = await openBrowser({ baseURL: server.origin })
  await signIn(page, ADMIN)
  const press = (name: string) => page.getByRole('button', { name }).click()
  const pressTwice = async (name: string) => {
    await press(name)
    await areYouSure(page).click()
  }
  const said = async (words: string) => {
    await expectSaid(page, words)
    await expectFocusSomewhere(page)
  }

  await test.step('a user', async () => {
    await page.goto('/admin/users/new')
    await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
    await page.getByLabel('E-mail', { exact: true }).fill('ada@example.com')
    await page.getByLabel('Write them a mail').check()
    await press('Create user')
    await expect(page.getByText('Ada Lovelace was created')).toBeVisible()
    await expectFocusSomewhere(page)
  })

  await test.step('a group, and its members', async () => {
    await page.goto('/admin/groups')
    await page.getByLabel('Name', { exact: true }).fill('Staff')
    await page.getByLabel('Short name').fill('staff')
    await press('Add group')
    await said('Staff was added')
    await page.goto('/admin/groups/staff?q=ada')
    await page.getByLabel('Select Ada Lovelace').check()
    await press('Add selected')
    await said('Added to Staff')
    await page.getByLabel('Select Ada Lovelace').check()
    await pressTwice('Remove selected')
    await said('Taken out of Staff')
  })

  await test.step('the access of a user', async () => {
    await openUser(page, { name: 'Ada Lovelace', email: 'ada@example.com', password: '' })
    await pressTwice('Disable account')
    await expect(page.getByText('This account is disabled')).toBeVisible()
    await expectFocusSomewhere(page)
    await press('Enable account')
    await expect(page.getByText('This account is disabled')).toHaveCount(0)
    await expectFocusSomewhere(page)
  })
})

test('the code of the second step can be typed at once, whichever way is chosen', async ({
  newDevice,
  newPerson,
  openBrowser,
}) => {
  const [page, ada, device] = [await openBrowser(), newPerson(), newDevice()]
  await device.signUp(ada.email, ada.name)
  await setUpAuthenticator(device)
  await page.goto('/login')
  await fillSignIn(page, { ...ada, password: PASSWORD })
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByLabel('Code from your app')).toBeFocused()
  await page.getByRole('link', { name: 'Use a recovery code' }).click()
  await expect(page.getByRole('textbox', { name: 'Recovery code' })).toBeFocused()
  await page.getByRole('link', { name: 'Use your authenticator app' }).click()
  await expect(page.getByLabel('Code from your app')).toBeFocused()
  await page.reload()
  await expect(page.getByLabel('Code from your app')).toBeFocused()
})
