import { expect, type Page } from '@playwright/test'

/** The panel "Where you're signed in", as people find their way in it. */
export const sessionLines = (page: Page) =>
  page
    .getByRole('listitem')
    .filter({ hasText: 'signed in ' })
    .filter({ has: page.locator('p') })

export const endOthersButton = (page: Page, others = 1) =>
  page.getByRole('button', {
    name: `Sign out of ${others} other ${others === 1 ? 'session' : 'sessions'}`,
  })

/** The armed button: its name begins so, and goes on with what is asked about. */
export const areYouSure = (page: Page) => page.getByRole('button', { name: /^Are you sure\?/ })

export const onlySession = (page: Page) => page.getByText('This is your only active session')

/** On the page by which the server asks, where scripts cannot. */
export async function agree(page: Page, question: string, button: string) {
  await expect(page.getByRole('heading', { level: 1, name: question })).toBeVisible()
  await expect(page.getByText('Nothing has been done yet.')).toBeVisible()
  await page.getByRole('button', { name: button }).click()
}
