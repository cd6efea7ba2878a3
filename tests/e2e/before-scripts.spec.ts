import type { Page } from '@playwright/test'
import { untilScriptsRun } from '../support/scene-acts'
import { test } from './administration'
import { ADMIN, expect, holdBack, signUp } from './fixtures'

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

/** Opens a page on which `act` is done before its scripts have come. */
async function actFirst(page: Page, url: string, act: () => Promise<unknown>) {
  const letThrough = await holdBack(page, '**/*.js')
  await page.goto(url, { waitUntil: 'commit' })
  await act()
  await letThrough()
  await untilScriptsRun(page)
}

test('sessions that are ticked before the scripts have come count once they run, and again after Back', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [page, ada] = [await openBrowser(), newPerson()]
  await signUp(page, ada)
  await newDevice(PHONE).signIn(ada.email)
  await newDevice(PHONE).signIn(ada.email)
  const box = page.getByLabel('Select Safari on iPhone').first()
  await actFirst(page, '/profile', () => box.check())
  const end = page.getByRole('button', { name: 'Sign out selected (1)' })
  await expect(end).toBeEnabled()

  await page.goto('/profile/security')
  await page.goBack()
  await expect(box).toBeChecked()
  await expect(end).toBeEnabled()
})

test('an application that is chosen for a token before the scripts have come takes its permissions away', async ({
  openAdmin,
  newDevice,
}) => {
  const device = newDevice()
  await device.signIn(ADMIN.email, ADMIN.password)
  const wiki = { id: 'early', name: 'Early wiki', address: 'https://early.example.org' }
  await device.submit('/admin/applications/new', { ...wiki, access: 'everybody' })
  const admin = await openAdmin()
  const chosen = admin.getByLabel('For', { exact: true })
  await actFirst(admin, '/profile/tokens', () => chosen.selectOption('Early wiki'))
  await expect(admin.getByRole('group', { name: 'Permissions' })).toHaveCount(0)
  await expect(chosen).toHaveValue(/./)
})
