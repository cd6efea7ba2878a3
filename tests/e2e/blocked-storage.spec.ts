import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { browserWithSettings } from '../support/browser.js'
import { expect, expectProfile, expectSignedOut, fillSignIn, test } from './fixtures'

test('a browser whose owner blocks cookies is told so by the sign-in form, and its links work', async ({
  playwright,
  launchOptions,
  baseURL,
  newDevice,
  newPerson,
}) => {
  const ada = newPerson()
  await newDevice().signUp(ada.email, ada.name)
  const profile = await mkdtemp(path.join(tmpdir(), 'latchkey-browser-'))
  await mkdir(path.join(profile, 'Default'))
  await writeFile(path.join(profile, 'Default/Preferences'), JSON.stringify(BLOCK_COOKIES))
  const context = await playwright.chromium.launchPersistentContext(profile, {
    args: launchOptions.args ?? [],
    ...browserWithSettings(),
    ...(baseURL && { baseURL }),
  })
  const errors: string[] = []
  context.on('weberror', (error) => errors.push(String(error.error())))
  try {
    const page = await context.newPage()
    await page.goto('/login')
    await expect(page.evaluate(() => localStorage.length)).rejects.toThrow('Access is denied')
    await fillSignIn(page, ada)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByText('Allow cookies for this site')).toBeVisible()
    await expect(page.getByLabel('E-mail')).toHaveValue(ada.email)
    await page.getByRole('link', { name: 'Forgot password?' }).click()
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Sign in')
    expect(errors).toEqual([])
  } finally {
    await context.close()
    await rm(profile, { recursive: true })
  }
})

/** As by "Block all cookies" in the settings of Chromium, which blocks the storages as well. */
const BLOCK_COOKIES = { profile: { default_content_setting_values: { cookies: 2 } } }

const storages = {
  'is null, as in some apps that show pages': () => {
    Object.defineProperty(window, 'sessionStorage', { configurable: true, value: null })
  },
  'is full': () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
  },
}

test('pages work in a browser without WebSocket', async ({ openBrowser, newDevice, newPerson }) => {
  const [page, ada] = [await openBrowser(), newPerson()]
  await newDevice().signUp(ada.email, ada.name)
  await page.addInitScript(() => Reflect.deleteProperty(window, 'WebSocket'))
  await page.goto('/login')
  await fillSignIn(page, ada)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expectProfile(page)
  await page.getByRole('link', { name: 'API tokens' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'API tokens' })).toBeVisible()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expectSignedOut(page, 'You signed out.')
})

for (const [what, replaceStorage] of Object.entries(storages)) {
  test(`pages work where the session storage ${what}`, async ({
    openBrowser,
    newDevice,
    newPerson,
  }) => {
    const [page, ada] = [await openBrowser(), newPerson()]
    await newDevice().signUp(ada.email, ada.name)
    await page.addInitScript(replaceStorage)

    await page.goto('/login')
    await fillSignIn(page, ada)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expectProfile(page)
    await page.getByRole('link', { name: 'API tokens' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'API tokens' })).toBeVisible()
    await page.goBack()
    await expectProfile(page)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await expectSignedOut(page, 'You signed out.')
  })
}
