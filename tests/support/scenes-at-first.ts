import type { Page } from '@playwright/test'
import { fill } from './scene-acts'
import type { Scene } from './scenes'
import type { Stage } from './stage'

const as = async ({ atFirst }: Stage) => (await atFirst()).admin

/** A page of the server that nobody has done anything on. */
const at =
  (path: string) =>
  async ({ atFirst }: Stage): Promise<string> =>
    (await atFirst()).server.origin + path

/** The pages of a first day; and somebody's with many sessions, since that is there as well. */
export const SCENES_AT_FIRST: readonly Scene[] = [
  { name: 'nothing done yet', as, at: at('/profile'), shows: 'What to do next' },
  { name: 'no apps', as, at: at('/apps'), shows: 'What to do next' },
  { name: 'no groups', as, at: at('/admin/groups'), shows: 'Add group' },
  { name: 'no applications', as, at: at('/admin/applications'), shows: /No applications/ },
  { name: 'mail in a folder', as, at: at('/admin/mail'), shows: /Write me a test mail/ },
  {
    name: 'forgot password, into a folder',
    at: at('/forgot-password'),
    act: fill({ 'E-mail': 'nobody@example.com' }, /./),
    shows: /was written/,
  },
  { name: 'menu', as, at: at('/admin/audit'), act: openMenu, shows: 'Applications' },
  { name: 'many sessions', as, at: at('/profile'), shows: 'Select all' },
  {
    name: 'many sessions, some selected',
    as,
    at: at('/profile'),
    async act(page) {
      await page.getByLabel('Search sessions').fill('windows')
      await page.getByRole('button', { name: 'Select all' }).click()
    },
    shows: /Sign out selected/,
  },
  {
    name: 'many sessions, none found',
    as,
    at: at('/profile'),
    act: (page) => page.getByLabel('Search sessions').fill('nothing is called so'),
    shows: /No session/,
  },
]

/** There is one on phones. */
async function openMenu(page: Page) {
  const menu = page.locator('summary', { hasText: 'Menu: ' })
  if (await menu.isVisible()) await menu.click()
}
