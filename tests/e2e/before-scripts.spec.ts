import type { Page } from '@playwright/test'
import { untilScriptsRun } from '../support/scene-acts'
import { createVisitor } from '../support/visitor'
import { openUser, test } from './administration'
import { ADMIN, expect, expectLive, holdBack, signIn, signUp } from './fixtures'

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
  newServer,
  openBrowser,
}) => {
  const server = await newServer({})
  const device = createVisitor(server.origin)
  await device.setUp(server.setUpToken(), ADMIN.email, ADMIN.name, ADMIN.password)
  const admin = await openBrowser({ baseURL: server.origin })
  await signIn(admin, ADMIN)
  const wiki = { id: 'early', name: 'Early wiki', address: 'https://early.example.org' }
  await device.submit('/admin/applications/new', { ...wiki, access: 'everybody' })
  const chosen = admin.getByLabel('For', { exact: true })
  await actFirst(admin, '/profile/tokens', () => chosen.selectOption('Early wiki'))
  await expect(admin.getByRole('group', { name: 'Permissions' })).toHaveCount(0)
  await expect(chosen).toHaveValue(/./)
})

test('a search that is typed before the scripts have come is made once they run', async ({
  openAdmin,
  openBrowser,
  newPerson,
}) => {
  const ada = newPerson('Early Typed')
  await signUp(await openBrowser(), ada)
  const admin = await openAdmin()
  const search = admin.getByRole('searchbox')
  await actFirst(admin, '/admin/users', () => search.fill(ada.email))
  await expect(admin.getByRole('rowheader')).toHaveCount(1)
  await expect(search).toHaveValue(ada.email)
  await openUser(admin, ada)
})

test('a search is sent once by who presses Enter before its pause is over', async ({
  openAdmin,
}) => {
  const admin = await openAdmin()
  await admin.goto('/admin/users')
  await expectLive(admin)
  const asked: string[] = []
  admin.on('request', (request) => {
    if (request.url().includes('q=grace')) asked.push(request.url())
  })
  await admin.getByRole('searchbox').fill('grace')
  await admin.keyboard.press('Enter')
  await expect(admin).toHaveURL(/q=grace/)
  await admin.waitForTimeout(500)
  expect(asked).toHaveLength(1)
})
