import type { Page } from '@playwright/test'
import { codeOf, keyFromText, stepAt } from '../../app/accounts/factors/totp'
import { makeStale } from '../support/expire'
import type { TestServer } from '../support/server'
import { sessionCookieName } from '../support/session-cookie'
import {
  expect,
  expectProfile,
  expectSaid,
  expectSignedOut,
  fillSignIn,
  type Person,
  signUp,
  test,
} from './fixtures'
import { addAuthenticator, type Authenticator } from './virtual-authenticator'

const useButton = (page: Page) => page.getByRole('button', { name: 'Use a passkey' })
const tokens = (page: Page) =>
  page.getByRole('table', { name: 'API tokens' }).getByRole('rowheader')

/** Somebody who has a passkey, in the browser that has it. */
async function withPasskey(page: Page, person: Person): Promise<Authenticator> {
  const authenticator = await addAuthenticator(page)
  await signUp(page, person)
  await page.goto('/profile/passkeys')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expectSaid(page, 'Passkey added')
  await expect(
    page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem'),
  ).toHaveCount(10)
  return authenticator
}

/** Lets it be long ago that this browser's person proved who they are. */
async function waitLong(page: Page, server: TestServer) {
  const cookies = await page.context().cookies()
  const { value } = cookies.find(({ name }) => name === sessionCookieName(server.origin))!
  await makeStale(server, value.split('.', 1)[0]!)
}

/** Types the password on the sign-in page, where nobody takes the passkey that the browser offers. */
async function typePassword(page: Page, authenticator: Authenticator | null, person: Person) {
  await page.context().clearCookies()
  await authenticator?.setPresence(false)
  await page.goto('/login')
  await fillSignIn(page, person)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Second step' })).toBeVisible()
}

test('a password and then a passkey open the profile, and a finger that is not the right one does not', async ({
  openBrowser,
  newPerson,
}) => {
  const [page, person] = [await openBrowser(), newPerson()]
  const authenticator = await withPasskey(page, person)
  await typePassword(page, authenticator, person)
  await authenticator.setVerified(false)
  await authenticator.setPresence(true)
  await useButton(page).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await authenticator.setVerified(true)
  await useButton(page).click()
  await expectProfile(page)
})

test('a form that came too late asks for the passkey, and is sent as it was typed', async ({
  server,
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  const authenticator = await withPasskey(page, newPerson())
  await page.goto('/profile/tokens')
  await waitLong(page, server)
  await page.getByRole('textbox', { name: 'Name' }).fill('Backup of my notes')
  await page.getByRole('checkbox').first().check()
  const create = page.getByRole('button', { name: 'Create token' })
  await create.click()
  await expect(page.getByText('Your passkey is needed')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Backup of my notes')
  await expect(page.getByLabel('Your password')).toHaveCount(0)

  await authenticator.setVerified(false)
  await create.click()
  await expect(page.getByRole('alert')).toBeVisible()
  await authenticator.setVerified(true)
  await create.click()
  await expect(page.getByText('“Backup of my notes” was created')).toBeVisible()
  await expect(tokens(page)).toHaveCount(1)
})

test('what is asked twice is confirmed and proved by one press', async ({
  server,
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  await withPasskey(page, newPerson())
  await waitLong(page, server)
  await page.goto('/profile/passkeys')
  const remove = page.locator('button[value=remove-passkey]')
  await remove.click()
  await remove.click()
  await expect(page.getByText('Nothing has been done yet')).toBeVisible()
  await page.getByRole('button', { name: 'Remove passkey' }).click()
  await expectSaid(page, 'Removed')
  await expect(page.getByText('No passkeys')).toBeVisible()
})

test('an account is deleted with its password and its passkey', async ({
  server,
  openBrowser,
  newPerson,
}) => {
  const [page, person] = [await openBrowser(), newPerson()]
  await withPasskey(page, person)
  await waitLong(page, server)
  await page.goto('/profile/delete')
  async function press() {
    await page.getByLabel('Current password').fill(person.password)
    const button = page.locator('button[value=delete]')
    await button.click()
    await button.click()
  }
  await press()
  await expect(page.getByText('Your passkey is needed')).toBeVisible()
  // Or the authenticator would take what the sign-in page offers, and be told that it opens nothing.
  await page.route('**/login/passkey', (route) => route.abort())
  await press()
  await expectSignedOut(page, 'Your account was deleted.')
})

test('whoever has an authenticator app as well types a code, or leaves it empty', async ({
  server,
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  await withPasskey(page, newPerson())
  await page.goto('/profile/security/authenticator')
  const shown = await page.getByLabel('Or type this key').inputValue()
  const key = keyFromText(shown.replaceAll(' ', ''))!
  // Of now and of the step after: both are still good when the step changes on the way.
  const codeNow = (steps: number) => codeOf(key, stepAt(new Date()) + steps)
  const field = page.getByLabel('Code from your app')
  await field.fill(codeNow(0))
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByText('The authenticator app is set up')).toBeVisible()

  for (const how of ['typed', 'empty']) {
    await page.goto('/profile/tokens')
    await waitLong(page, server)
    await page.getByRole('textbox', { name: 'Name' }).fill(how)
    await page.getByRole('checkbox').first().check()
    const create = page.getByRole('button', { name: 'Create token' })
    await create.click()
    await expect(field).toBeFocused()
    await expect(page.getByText('leave this empty to use a passkey')).toBeVisible()
    if (how === 'typed') await field.fill(codeNow(1))
    await create.click()
    await expect(page.getByText(`“${how}” was created`)).toBeVisible()
  }
})

test('a browser that knows no passkeys says what is needed', async ({
  server,
  openBrowser,
  newPerson,
}) => {
  const [page, person] = [await openBrowser(), newPerson()]
  await withPasskey(page, person)
  await page.addInitScript(() => void Reflect.deleteProperty(window, 'PublicKeyCredential'))
  await page.goto('/profile/tokens')
  await waitLong(page, server)
  await page.getByRole('textbox', { name: 'Name' }).fill('Backup')
  await page.getByRole('checkbox').first().check()
  await page.getByRole('button', { name: 'Create token' }).click()
  await expect(page.getByText('This browser knows no passkeys.')).toBeVisible()
  await expect(page.getByText('sign in again with a recovery code')).toBeVisible()
  await expect(page.getByLabel('Your password')).toHaveCount(0)

  await typePassword(page, null, person)
  await expect(page.getByText('This browser knows no passkeys.')).toBeVisible()
  await expect(useButton(page)).toHaveCount(0)
  await page.getByRole('link', { name: 'Use a recovery code' }).click()
  await expect(page.getByRole('textbox', { name: 'Recovery code' })).toBeVisible()
})

test('without JavaScript the second step has no dead button, and says what is needed', async ({
  openBrowser,
  newPerson,
}) => {
  const [page, person] = [await openBrowser(), newPerson()]
  await withPasskey(page, person)
  const other = await openBrowser({ javaScriptEnabled: false })
  await typePassword(other, null, person)
  // Playwright turns scripts off, but not the browser's belief that there are some.
  expect(await other.locator('noscript').innerHTML()).toContain('allow JavaScript')
  await expect(useButton(other)).toHaveCount(0)
  await expect(other.getByRole('link', { name: 'Use a recovery code' })).toBeVisible()
})
