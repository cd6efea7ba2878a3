import type { Page } from '@playwright/test'
import { giveCookies } from '../support/scene-acts'
import {
  expect,
  expectLive,
  expectProfile,
  expectSaid,
  expectSignedOut,
  fillSignIn,
  signIn,
  signUp,
  swallowSockets,
  test,
  type Person,
} from './fixtures'

/** Later than now, but not by so much that the page takes itself to have slept; in milliseconds. */
const SOON = 8_000

test('a tab goes on when the same person signs in again in another tab of the browser', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [first, ada] = [await openBrowser(), newPerson()]
  await newDevice().signUp(ada.email, ada.name)
  const second = await first.context().newPage()
  await first.goto('/login')
  await second.goto('/login')

  await signInHere(first, ada)
  await expectLive(first)
  const loadedAnew = first.waitForEvent('load')
  await signInHere(second, ada)
  await loadedAnew
  await expectProfile(first)
  await expectProfile(second)
})

test('a tab that hears of the new sign-in before the new cookie has come waits for it, blank', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [here, ada] = [await openBrowser(), newPerson()]
  await here.clock.install()
  await signUp(here, ada)
  await expectLive(here)
  await here.clock.pauseAt((await here.evaluate(() => Date.now())) + SOON)

  const sameBrowser = newDevice()
  for (const { name, value } of await here.context().cookies()) {
    sameBrowser.cookies.set(name, value)
  }
  await sameBrowser.signIn(ada.email)
  await expect(here.getByText('You signed in again in this browser')).toBeVisible()
  await expect(here.getByText(ada.name)).toHaveCount(0)

  await giveCookies(here, sameBrowser, here.url())
  await here.clock.runFor(1_000)
  await expectProfile(here)
  await expect(here.getByText(ada.name)).toBeVisible()
})

test('forms of the person before are refused with what was typed, and work at the second press', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [here, ada, grace] = [await openBrowser(), newPerson(), newPerson('Grace Hopper')]
  await newDevice().signUp(grace.email, grace.name)
  // As long as it hears of nothing, the page stays what it was.
  await here.addInitScript(swallowSockets)
  await signUp(here, ada)
  const [stale, other] = [await here.context().newPage(), await here.context().newPage()]
  await stale.addInitScript(swallowSockets)
  await stale.goto('/profile')
  // Offered by scripts alone, so they run.
  await expect(here.getByRole('button', { name: 'Show password' })).toBeVisible()
  await signIn(other, grace)

  await here.getByRole('textbox', { name: 'Name' }).fill('Countess')
  await here.getByRole('button', { name: 'Save name' }).click()
  await expect(here.getByText('This page was out of date, and nothing was done.')).toBeVisible()
  await expect(here.getByRole('textbox', { name: 'Name' })).toHaveValue('Countess')
  await expect(here.getByRole('textbox', { name: 'E-mail' })).toHaveValue(grace.email)
  await here.getByRole('button', { name: 'Save name' }).click()
  await expectSaid(here, 'Name saved')

  await stale.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(stale.getByText('You are still signed in, Countess')).toBeVisible()
  await stale.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expectSignedOut(stale, 'You signed out.')
})

async function signInHere(page: Page, person: Person) {
  await fillSignIn(page, person)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expectProfile(page)
}
