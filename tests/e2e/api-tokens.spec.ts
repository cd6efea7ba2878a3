import type { Page } from '@playwright/test'
import { createToken, statusWith } from './administration'
import { expect, expectLive, expectSaid, signIn, signUp, test } from './fixtures'
import { agree, areYouSure, endOthersButton } from './profile-page'

test('who ends a session is asked about the tokens it made, and revokes them there', async ({
  openBrowser,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), await openBrowser(), newPerson()]
  await signUp(here, ada)
  await signIn(there, ada)
  const token = await createToken(there, 'backup', ['See your name and e-mail address'])
  await expectLive(here)

  await endOthersButton(here).click()
  await areYouSure(here).click()
  const offer = here.getByText('This session also made the token ‘backup’: revoke it too?')
  await expect(offer).toBeVisible()
  expect(await statusWith(here.request, token)).toBe(200)
  await here.getByRole('button', { name: 'Revoke it' }).click()
  await areYouSure(here).click()

  await expectSaid(here, 'Revoked “backup”')
  await expect(here.getByText('No API tokens')).toBeVisible()
  expect(await statusWith(here.request, token)).toBe(401)
})

test('a new token stays on the page while that refreshes itself', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [page, ada] = [await openBrowser(), newPerson()]
  await signUp(page, ada)
  await page.goto('/profile/tokens')
  await expectLive(page)
  await page.getByLabel('Name', { exact: true }).fill('Nightly backup')
  await page.getByLabel('See your name and e-mail address').check()
  await page.getByRole('button', { name: 'Create token' }).click()
  await expect(page.getByLabel('Token', { exact: true })).toBeVisible()

  const elsewhere = newDevice()
  await elsewhere.signIn(ada.email)
  const other = { intent: 'create-token', name: 'Other', scope: 'profile:read', lifetime: '30' }
  await elsewhere.submit('/profile/tokens', other)
  await expect(page.getByRole('rowheader', { name: 'Other' })).toBeVisible()
  await expect(page.getByLabel('Token', { exact: true })).toBeVisible()
})

for (const javaScriptEnabled of [true, false]) {
  const ready = (page: Page) => (javaScriptEnabled ? expectLive(page) : Promise.resolve())

  test(`a token is shown once, used and revoked, ${
    javaScriptEnabled ? 'with' : 'without'
  } JavaScript`, async ({ openBrowser, newPerson }) => {
    const page = await openBrowser({ javaScriptEnabled })
    await signUp(page, newPerson())
    await page.goto('/profile/tokens')
    await ready(page)
    await page.getByLabel('Name', { exact: true }).fill('Nightly backup')
    await page.getByRole('button', { name: 'Create token' }).click()
    await expect(page.getByText('Choose at least one permission.')).toBeVisible()
    await expect(page.getByLabel('See your name and e-mail address')).toBeFocused()
    await page.getByLabel('See your name and e-mail address').check()
    await page.getByRole('button', { name: 'Create token' }).click()
    const shown = page.getByLabel('Token', { exact: true })
    if (javaScriptEnabled) await expect(shown).toBeFocused()
    await expect(shown).toBeInViewport()
    const token = await shown.inputValue()
    expect(await statusWith(page.request, token)).toBe(200)

    await page.goto('/profile/tokens')
    await ready(page)
    await expect(page.getByRole('rowheader', { name: 'Nightly backup' })).toBeVisible()
    expect(await page.content()).not.toContain(token.slice(0, 20))
    await page.getByRole('button', { name: 'Revoke Nightly backup' }).click()
    if (javaScriptEnabled) await areYouSure(page).click()
    else await agree(page, 'Revoke “Nightly backup”?', 'Revoke 1 API token')
    await expectSaid(page, 'Revoked “Nightly backup”')
    expect(await statusWith(page.request, token)).toBe(401)
  })
}
