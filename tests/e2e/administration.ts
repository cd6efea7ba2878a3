import type { APIRequestContext, BrowserContextOptions, Page } from '@playwright/test'
import type { TestServer } from '../support/server'
import {
  ADMIN,
  expect,
  expectLive,
  expectSaid,
  signIn,
  test as base,
  type Person,
} from './fixtures'

type ForEachTest = {
  /** A browser in which the administrator is signed in. */
  openAdmin: (options?: BrowserContextOptions) => Promise<Page>
}

export const test = base.extend<ForEachTest>({
  openAdmin: ({ openBrowser }, use) =>
    use(async (options) => {
      const page = await openBrowser(options)
      await signIn(page, ADMIN)
      return page
    }),
})

/** Finds a person in the list of users and opens their page. */
export async function openUser(admin: Page, { name, email }: Person) {
  await admin.goto(`/admin/users?q=${encodeURIComponent(email)}`)
  await admin.getByRole('link', { name }).last().click()
  await expect(admin.getByRole('heading', { level: 1, name })).toBeVisible()
  await expectLive(admin)
}

export async function setRole(admin: Page, person: Person, role: 'Administrator' | 'User') {
  await openUser(admin, person)
  await admin.getByLabel('Role').selectOption(role)
  await admin.getByRole('button', { name: 'Save' }).click()
  await expectSaid(admin, 'Saved')
}

/** Makes a token by the page and returns its text. */
export async function createToken(page: Page, name: string, scopes: string[]): Promise<string> {
  await page.goto('/profile/tokens')
  await page.getByLabel('Name', { exact: true }).fill(name)
  for (const scope of scopes) await page.getByLabel(scope).check()
  await page.getByRole('button', { name: 'Create token' }).click()
  const text = await page.getByLabel('Token', { exact: true }).inputValue()
  await page.goto('/profile')
  return text
}

/** What the API answers to whoever holds a token. */
export const statusWith = async (request: APIRequestContext, token: string) =>
  (await request.get('/api/v1/session', { headers: { Authorization: `Bearer ${token}` } })).status()

/** A person's id; undefined when there is no such person any more. */
export const idOf = ({ queryValue }: TestServer, { email }: Person) =>
  queryValue<string>('SELECT "id" FROM "User" WHERE "email" = ?', email)
