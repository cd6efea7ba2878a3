import type { Page } from '@playwright/test'
import { createVisitor } from '../support/visitor'
import { ADMIN, expect, expectSaid, signIn, test } from './fixtures'

const panel = (page: Page) => page.getByRole('region', { name: 'What to do next' })
const step = (page: Page, title: string) =>
  panel(page).getByRole('listitem').filter({ hasText: title })

for (const javaScriptEnabled of [true, false]) {
  test.describe(`what to do next, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, () => {
    test('is led to from the set-up, ticked off when it is done, and hidden for good', async ({
      newServer,
      openBrowser,
    }) => {
      const server = await newServer({})
      const visitor = createVisitor(server.origin)
      await visitor.setUp(server.setUpToken(), ADMIN.email, ADMIN.name, ADMIN.password)
      const page = await openBrowser({ javaScriptEnabled, baseURL: server.origin })
      await signIn(page, ADMIN)
      await expect(panel(page).getByRole('listitem')).toHaveCount(4)
      await expect(panel(page).getByText('done')).toHaveCount(0)

      await step(page, 'The first person').getByRole('link').click()
      // The profile page, until it is left, has fields of these names too.
      await expect(page.getByRole('heading', { level: 1, name: 'New user' })).toBeVisible()
      await page.getByLabel('Name', { exact: true }).fill('Grace Hopper')
      await page.getByLabel('E-mail', { exact: true }).fill('somebody@example.com')
      await page.getByRole('button', { name: 'Create user' }).click()
      await expect(page.getByText('A link for Grace Hopper')).toBeVisible()
      await page.getByRole('link', { name: 'Profile' }).click()
      await expect(step(page, 'The first person')).toContainText('done')
      await expect(panel(page).getByText('1 of 4 done.')).toBeVisible()
      for (const title of ['Mail', 'A second factor', 'The first application']) {
        await expect(step(page, title).getByRole('link')).toBeVisible()
      }

      await panel(page).getByRole('button', { name: 'Hide this' }).click()
      await expectSaid(page, 'Hidden')
      await expect(panel(page)).toHaveCount(0)
      const elsewhere = await openBrowser({ javaScriptEnabled, baseURL: server.origin })
      await signIn(elsewhere, ADMIN)
      await expect(elsewhere.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible()
      await expect(panel(elsewhere)).toHaveCount(0)
    })
  })
}
