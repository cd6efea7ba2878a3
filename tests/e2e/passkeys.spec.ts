import type { Page, Route } from '@playwright/test'
import { expect, expectProfile, expectSaid, fillNewPerson, signUp, test } from './fixtures'
import { addAuthenticator, type Authenticator } from './virtual-authenticator'

const addButton = (page: Page) => page.getByRole('button', { name: 'Add a passkey' })
const signInButton = (page: Page) => page.getByRole('button', { name: 'Use a passkey' })
const passkeys = (page: Page) =>
  page.getByRole('table', { name: 'Passkeys' }).getByRole('rowheader')

async function makePasskey(page: Page) {
  await page.goto('/profile/passkeys')
  await addButton(page).click()
  await expectSaid(page, 'Passkey added')
}

/** Signs out, and waits until the sign-in page makes the browser offer passkeys: nobody takes one yet. */
async function signOut(page: Page, authenticator: Authenticator) {
  await authenticator.setPresence(false)
  const offered = page.waitForResponse('**/login/passkey')
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await offered
}

/**
 * By the button alone: the press ends the offer before it asks for options, and only then somebody
 * touches the authenticator.
 */
async function pressSignIn(page: Page, authenticator: Authenticator) {
  const touch = async (route: Route) => {
    await authenticator.setPresence(true)
    await route.continue()
  }
  await page.route('**/login/passkey', touch, { times: 1 })
  await signInButton(page).click()
}

test('a key without room for passkeys is refused with a sentence that says so', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  await addAuthenticator(page, { keepsPasskeys: false })
  await signUp(page, newPerson())
  await page.goto('/profile/passkeys')
  await addButton(page).click()
  await expect(page.getByRole('alert')).toContainText('no room for passkeys')
})

test('a passkey is made once on a device, and a finger that is not the right one makes none', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  const authenticator = await addAuthenticator(page)
  await signUp(page, newPerson())
  await page.goto('/profile/passkeys')
  await authenticator.setVerified(false)
  await addButton(page).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await authenticator.setVerified(true)
  await addButton(page).click()
  await expectSaid(page, 'Passkey added')
  await addButton(page).click()
  await expect(page.getByRole('alert').filter({ hasText: 'on it already' })).toBeVisible()
  await expect(passkeys(page)).toHaveCount(1)
})

test('a passkey is made, signs in alone, and opens nothing once it is removed', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  const authenticator = await addAuthenticator(page)
  await signUp(page, newPerson())
  await makePasskey(page)
  await page.getByText('Rename').click()
  await page.getByLabel('Name').fill('My laptop')
  await page.getByRole('button', { name: 'Save name' }).click()
  await expect(passkeys(page)).toContainText('My laptop')
  await signOut(page, authenticator)
  await pressSignIn(page, authenticator)
  await expectProfile(page)

  await page.goto('/profile/passkeys')
  const remove = page.getByRole('button', { name: /My laptop/ })
  await remove.click()
  await remove.click()
  await expectSaid(page, 'Removed “My laptop”')
  await expect(page.getByText('No passkeys')).toBeVisible()
  await signOut(page, authenticator)
  await pressSignIn(page, authenticator)
  await expect(page.getByRole('alert')).toContainText('opens no account here')
})

test('the e-mail field offers passkeys, also in a browser in which nobody signed in before', async ({
  openBrowser,
  newPerson,
}) => {
  const first = await openBrowser()
  const authenticator = await addAuthenticator(first)
  await signUp(first, newPerson())
  await makePasskey(first)

  const second = await openBrowser()
  const synced = await addAuthenticator(second)
  await synced.take(await authenticator.credentials())
  // The browser offers, and whoever has the device picks at once.
  await second.goto('/login?redirectTo=/profile/tokens')
  await expect(second.getByRole('heading', { level: 1, name: 'API tokens' })).toBeVisible()
})

test('the button takes over from the offer, which is made again after a failure', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  const authenticator = await addAuthenticator(page)
  await signUp(page, newPerson())
  await makePasskey(page)
  await signOut(page, authenticator)
  let asked = 0
  await page.route('**/login/passkey', async (route) => {
    asked += 1
    if (asked > 1) return route.continue()
    await authenticator.setPresence(true)
    return route.abort()
  })
  await signInButton(page).click()
  // Nothing more is pressed: it is the offer that is taken.
  await expectProfile(page)
  expect(asked).toBe(2)
})

test.describe('without JavaScript', () => {
  test('there is no dead button, and the page says what is needed', async ({
    openBrowser,
    newPerson,
  }) => {
    const page = await openBrowser({ javaScriptEnabled: false })
    await signUp(page, newPerson())
    await page.goto('/profile/passkeys')
    // Playwright turns scripts off, but not the browser's belief that there are some.
    expect(await page.locator('noscript').innerHTML()).toContain('allow JavaScript')
    await expect(addButton(page)).toHaveCount(0)
    await page.context().clearCookies()
    await page.goto('/login')
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    await expect(signInButton(page)).toHaveCount(0)
  })
})

test('of whom a second factor is demanded, a passkey is made on the way in, and is the factor; its recovery codes are copied', async ({
  openBrowser,
  newServer,
  newPerson,
}) => {
  const { origin, setUpToken } = await newServer({ SECOND_FACTOR: 'everybody' })
  const page = await openBrowser({ baseURL: origin })
  const authenticator = await addAuthenticator(page)
  await page.goto(`/setup?token=${setUpToken()}`)
  await fillNewPerson(page, newPerson())
  await page.getByRole('button', { name: 'Create administrator' }).click()
  await expect(page.getByRole('heading', { name: 'Set up a second factor' })).toBeVisible()

  await authenticator.setVerified(false)
  await addButton(page).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await authenticator.setVerified(true)
  await addButton(page).click()

  await expect(page.getByRole('heading', { name: 'You are signed in' })).toBeVisible()
  const codes = await page.getByLabel('Recovery codes').getByRole('listitem').allInnerTexts()
  expect(codes).toHaveLength(10)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByText('Copied.')).toBeAttached()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join('\n'))
  await page.getByRole('link', { name: 'Continue' }).click()
  await expectProfile(page)
  await page.goto('/profile/passkeys')
  await expect(passkeys(page)).toHaveCount(1)
})
