import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import {
  expect,
  expectLive,
  expectNoSessionCookie,
  expectProfile,
  expectSaid,
  expectSignedOut,
  fillNewPerson,
  fillSignIn,
  signIn,
  signInByHand,
  signUp,
  signUpByHand,
  test,
} from './fixtures'
import { areYouSure } from './profile-page'

const NEW_PASSWORD = 'eight red lanterns'

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    /** Waits for the page's scripts, where there are any. */
    const ready = (page: Page) => (javaScriptEnabled ? expectLive(page) : Promise.resolve())

    test('the set-up link creates the first administrator, once', async ({
      newServer,
      openBrowser,
      newPerson,
    }) => {
      const server = await newServer({})
      const page = await openBrowser({ javaScriptEnabled, baseURL: server.origin })
      await page.goto('/setup')
      await expect(page.getByText('This browser does not hold the link any more.')).toBeVisible()

      const link = `/setup?token=${server.setUpToken()}`
      await page.goto(link)
      await expect(page).toHaveURL(/\/setup$/)
      await fillNewPerson(page, newPerson())
      await page.getByRole('button', { name: 'Create administrator' }).click()
      await expectProfile(page)

      await page.goto(link)
      await expect(page.getByText('Latchkey is set up already.')).toBeVisible()
      const stranger = await openBrowser({ javaScriptEnabled, baseURL: server.origin })
      await stranger.goto('/setup')
      await expect(stranger.getByText('Latchkey is set up already.')).toBeVisible()
      await stranger.getByRole('link', { name: 'Go to sign-in' }).click()
      await expect(stranger.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    })

    test('signing up refuses an address that is taken, at its field, and keeps what was typed', async ({
      openBrowser,
      newDevice,
      newPerson,
    }) => {
      const ada = newPerson()
      await newDevice().signUp(ada.email, ada.name)
      const page = await openBrowser({ javaScriptEnabled })

      await page.goto('/login')
      await page.getByRole('link', { name: 'Sign up' }).click()
      await fillNewPerson(page, ada)
      await page.getByRole('button', { name: 'Create account' }).click()

      const email = page.getByLabel('E-mail')
      await expectError(email, /already has an account/)
      await expect(email).toHaveValue(ada.email)
      await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(
        /At least 8 characters/,
      )
    })

    test('signing in refuses a wrong password, then leads where the person was going', async ({
      openBrowser,
      newDevice,
      newPerson,
    }) => {
      const ada = newPerson()
      await newDevice().signUp(ada.email, ada.name)
      const page = await openBrowser({ javaScriptEnabled })
      await page.goto('/profile/password')

      await fillSignIn(page, { ...ada, password: 'seven red lanterns' })
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByRole('alert')).toContainText('Wrong e-mail, username or password.')
      await expect(page.getByLabel('E-mail')).toHaveValue(ada.email)
      for (const field of [
        page.getByLabel('E-mail'),
        page.getByLabel('Password', { exact: true }),
      ]) {
        await expect(field).toHaveAttribute('aria-invalid', 'true')
        await expect(field).toHaveAccessibleDescription(/Wrong e-mail, username or password/)
      }
      await expect(page.getByLabel('Password', { exact: true })).toBeFocused()

      await page.getByLabel('Password', { exact: true }).fill(ada.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'Password' })).toBeVisible()

      await page.getByRole('button', { name: 'Sign out', exact: true }).click()
      await expectSignedOut(page, 'You signed out.')
      await page.goto('/profile')
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    })

    test('who forgot their password is told whom to ask', async ({ openBrowser }) => {
      const page = await openBrowser({ javaScriptEnabled })
      await page.goto('/login')
      await page.getByRole('link', { name: 'Forgot password?' }).click()
      await expect(page.getByText('Ask an administrator')).toBeVisible()
      await page.getByRole('link', { name: 'Back to sign-in' }).click()
      await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    })

    test('the name and the e-mail address change, the address only with the right password', async ({
      openBrowser,
      newPerson,
    }) => {
      const ada = newPerson()
      const changed = { ...ada, email: newPerson().email }
      const page = await openBrowser({ javaScriptEnabled })
      await signUpByHand(page, ada)
      await ready(page)

      await page.getByRole('textbox', { name: 'Name' }).fill('Ada King')
      await page.getByRole('button', { name: 'Save name' }).click()
      await expectSaid(page, 'Name saved')
      await expect(page.getByRole('banner').getByText('Ada King')).toBeVisible()

      const form = page.getByRole('region', { name: 'E-mail address' })
      await form.getByLabel('E-mail', { exact: true }).fill(changed.email)
      await form.getByLabel('Current password').fill('seven red lanterns')
      await form.getByRole('button', { name: 'Save e-mail address' }).click()
      await expectError(form.getByLabel('Current password'), 'That is not your current password.')
      await expect(form.getByLabel('E-mail', { exact: true })).toHaveValue(changed.email)

      await form.getByLabel('Current password').fill(ada.password)
      await form.getByRole('button', { name: 'Save e-mail address' }).click()
      await expectSaid(page, 'E-mail address saved')
      await expect(form.getByLabel('Current password')).toHaveValue('')
      await signInByHand(await openBrowser({ javaScriptEnabled }), changed)
    })

    test('the password changes with the right one only, and the old one opens nothing', async ({
      openBrowser,
      newDevice,
      newPerson,
    }) => {
      const ada = newPerson()
      const page = await openBrowser({ javaScriptEnabled })
      await signUp(page, ada)
      await newDevice().signIn(ada.email)
      await page.getByRole('link', { name: 'Sign-in and security' }).click()
      await page.getByRole('link', { name: 'Change password' }).click()
      // The profile page, until it is left, has a field of this name too.
      await expect(page.getByRole('heading', { level: 1, name: 'Password' })).toBeVisible()
      const current = page.getByLabel('Current password')
      const change = page.getByRole('button', { name: 'Change password' })

      await current.fill('seven red lanterns')
      await page.getByLabel('New password').fill(NEW_PASSWORD)
      await change.click()
      await expectError(current, 'That is not your current password.')

      await current.fill(ada.password)
      await page.getByLabel('New password').fill(ada.password)
      await change.click()
      await expectError(page.getByLabel('New password'), /^This is your current password\./)

      await current.fill(ada.password)
      await page.getByLabel('New password').fill(NEW_PASSWORD)
      await change.click()
      await expectSaid(page, 'Password changed')
      await expectSaid(page, 'Signed out of 1 other session')
      await expect(current).toHaveValue('')
      await page.getByRole('link', { name: 'Profile' }).click()
      await expectProfile(page)

      const old = await newDevice().signIn(ada.email)
      expect(old.status).toBe(422)
      await signIn(await openBrowser({ javaScriptEnabled }), { ...ada, password: NEW_PASSWORD })
    })

    test('a deleted account is gone, after its password and a second thought', async ({
      openBrowser,
      newPerson,
    }) => {
      const ada = newPerson()
      const page = await openBrowser({ javaScriptEnabled })
      const other = await openBrowser()
      await signUp(page, ada)
      await signIn(other, ada)
      await expectLive(other)
      await page.getByRole('link', { name: 'Delete my account…' }).click()
      await expect(page.getByText('2 sessions')).toBeVisible()
      const password = page.getByLabel('Current password')
      const press = async () => {
        await page.getByRole('button', { name: 'Delete my account' }).click()
        if (javaScriptEnabled) await areYouSure(page).click()
      }

      await ready(page)
      await password.fill('seven red lanterns')
      await press()
      await expectError(password, 'That is not your current password.')

      await ready(page)
      await password.fill(ada.password)
      await press()
      await expectSignedOut(page, 'Your account was deleted.')
      await expectNoSessionCookie(page)
      await expectSignedOut(other, 'Your account was deleted.')
      await fillSignIn(page, ada)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByRole('alert')).toContainText('Wrong e-mail, username or password.')
    })

    test('everything stored about a person is one file away', async ({
      openBrowser,
      newPerson,
    }) => {
      const ada = newPerson()
      const page = await openBrowser({ javaScriptEnabled })
      await signUp(page, ada)
      await ready(page)

      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download my data' }).click()
      const file = await download

      expect(file.suggestedFilename()).toBe('latchkey-data.json')
      const text = await readFile(await file.path(), 'utf8')
      expect(JSON.parse(text)).toMatchObject({ account: { email: ada.email, name: ada.name } })
      expect(text).not.toMatch(/tokenHash|\$2[aby]\$/)
      await expectProfile(page)
    })
  })
}

test('a button says that its form is on the way, and sends it once', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  await signUp(page, newPerson())
  await expectLive(page)
  const sent: string[] = []
  let answer!: () => void
  const answered = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/profile.data*', async (route) => {
    if (route.request().method() === 'POST') {
      sent.push(route.request().postData() ?? '')
      await answered
    }
    await route.continue()
  })

  const save = page.getByRole('button', { name: 'Save name' })
  await page.getByRole('textbox', { name: 'Name' }).fill('Ada King')
  await save.click()
  await expect(save).toHaveAttribute('aria-busy', 'true')
  await expect(page.getByRole('button', { name: 'Save e-mail address' })).not.toHaveAttribute(
    'aria-busy',
  )
  await save.click({ force: true })
  answer()

  await expectSaid(page, 'Name saved')
  await expect(save).not.toHaveAttribute('aria-busy')
  expect(sent).toHaveLength(1)
})

test('a password can be looked at while it is typed', async ({ openBrowser }) => {
  const page = await openBrowser()
  await page.goto('/login')
  const password = page.getByLabel('Password', { exact: true })
  await password.fill('seven green lanterns')
  await expect(password).toHaveAttribute('type', 'password')
  await page.getByRole('button', { name: 'Show password' }).click()
  await expect(password).toHaveAttribute('type', 'text')
})

/** That the field is marked as wrong and read out with the reason. */
async function expectError(field: ReturnType<Page['getByLabel']>, reason: string | RegExp) {
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await expect(field).toHaveAccessibleDescription(reason)
}
