import { idOf, test } from './administration'
import {
  ADMIN,
  expect,
  expectLive,
  expectNoSessionCookie,
  expectSignedOut,
  signIn,
} from './fixtures'
import { areYouSure } from './profile-page'

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

test('the question about many sessions tells them apart, and names the one of this browser first', async ({
  server,
  openBrowser,
  newDevice,
}) => {
  const page = await openBrowser({ javaScriptEnabled: false })
  await signIn(page, ADMIN)
  for (let sessions = 0; sessions < 2; sessions += 1) {
    await newDevice(PHONE).signIn(ADMIN.email, ADMIN.password)
  }
  await page.goto(`/admin/users/${await idOf(server, ADMIN)}`)
  await page.getByRole('button', { name: /^Sign out of all \d+ sessions$/ }).click()

  await expect(page.getByText('This browser is signed out as well.')).toBeVisible()
  const lines = page.getByRole('main').getByRole('listitem')
  await expect(lines.first()).toContainText('This session')
  await expect(lines.filter({ hasText: 'This session' })).toHaveCount(1)
  const phone = lines.filter({ hasText: 'Safari on iPhone' }).first()
  await expect(phone).toContainText(/ · Active .* · signed in today at \d\d:\d\d/)
})

test('who ends their own session by a question is told so, and keeps no cookie of it', async ({
  server,
  openBrowser,
  newDevice,
}) => {
  const page = await openBrowser()
  await newDevice(PHONE).signIn(ADMIN.email, ADMIN.password)
  await signIn(page, ADMIN)
  const id = await idOf(server, ADMIN)
  await page.goto(`/admin/users/${id}`)
  await expectLive(page)
  // So that who is there has to prove it, on the page of the question.
  const long = new Date(Date.now() - 3_600_000)
  await server.query('UPDATE "Session" SET "authenticatedAt" = ?', long)
  await page.getByRole('button', { name: /^Sign out of all \d+ sessions$/ }).click()
  await areYouSure(page).click()

  await page.getByLabel('Your password').fill(ADMIN.password)
  await page.getByRole('button', { name: /^Sign out of \d+ sessions$/ }).click()
  await expectSignedOut(page, 'You signed out.')
  await expectNoSessionCookie(page)
})
