import type { Page } from '@playwright/test'
import { copySessions } from './copied-sessions'
import { expect, expectLive, expectSaid, signIn, signUp, test } from './fixtures'
import { sessionLines } from './profile-page'

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

const TOO_LONG = 'long '.repeat(40)

/** The row of a session that is there besides. */
const rowOf = (page: Page, text: string) => sessionLines(page).filter({ hasText: text })

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test('a device is named, found by that name in its buttons, and loses it again', async ({
      openBrowser,
      newDevice,
      newPerson,
    }) => {
      const ada = newPerson()
      const page = await openBrowser({ javaScriptEnabled })
      await signUp(page, ada)
      await newDevice(PHONE).signIn(ada.email)
      await page.reload()

      const row = rowOf(page, 'Safari on iPhone')
      await row.getByText('Details').click()
      const field = row.getByLabel('Name of this device')
      await field.fill('Mum’s phone')
      await row.getByRole('button', { name: 'Save name' }).click()
      await expectSaid(page, 'Name saved')
      await expect(row.getByText('Mum’s phone', { exact: true })).toBeVisible()
      const signOut = 'Sign out of Mum’s phone (Safari on iPhone)'
      await expect(row.getByRole('button', { name: signOut })).toBeVisible()

      if (!javaScriptEnabled) await row.getByText('Details').click()
      await field.fill('')
      await row.getByRole('button', { name: 'Save name' }).click()
      await expectSaid(page, 'Name removed')
      await expect(row.getByText('Mum’s phone', { exact: true })).toHaveCount(0)
    })

    test('a sign-in since the last look is marked, also after a reload', async ({
      openBrowser,
      newDevice,
      newPerson,
    }) => {
      const ada = newPerson()
      const page = await openBrowser({ javaScriptEnabled })
      await signUp(page, ada)
      const isNew = page.getByText('New', { exact: true })
      await expect(isNew).toHaveCount(0)
      await newDevice(PHONE).signIn(ada.email)
      await page.reload()
      await expect(rowOf(page, 'Safari on iPhone').getByText('New', { exact: true })).toBeVisible()
      await page.reload()
      await expect(isNew).toHaveCount(1)
    })
  })
}

test('a sign-in while somebody looks appears with the mark by itself', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const ada = newPerson()
  const page = await openBrowser()
  await signUp(page, ada)
  await expectLive(page)
  await newDevice(PHONE).signIn(ada.email)
  await expect(rowOf(page, 'Safari on iPhone').getByText('New', { exact: true })).toBeVisible()
})

test('the name of a device is there at the next sign-in of its browser', async ({
  openBrowser,
  newPerson,
}) => {
  const ada = newPerson()
  const page = await openBrowser()
  await signUp(page, ada)
  const row = sessionLines(page).first()
  await row.getByText('Details').click()
  await row.getByLabel('Name of this device').fill('Laptop at home')
  await row.getByRole('button', { name: 'Save name' }).click()
  await expectSaid(page, 'Name saved')
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await signIn(page, ada)
  await expect(page.getByText('Laptop at home', { exact: true })).toBeVisible()
})

test('a name that was refused and then corrected leaves its field open, with the focus in it', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  await signUp(page, newPerson())
  await expectLive(page)
  const row = sessionLines(page).first()
  const field = row.getByLabel('Name of this device')
  await row.getByText('Details').click()
  await field.fill(TOO_LONG)
  await field.press('Enter')
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await field.fill('Laptop at home')
  await field.press('Enter')
  await expectSaid(page, 'Name saved')
  await expect(row.getByText('Laptop at home', { exact: true })).toBeVisible()
  await expect(field).toBeFocused()
})

test('without JavaScript a refused name stands open in its group of many sessions', async ({
  server,
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [page, ada] = [await openBrowser({ javaScriptEnabled: false }), newPerson()]
  await newDevice().signUp(ada.email, ada.name)
  await copySessions(server, ada.email, 4)
  await signIn(page, ada)
  const rows = page.getByRole('listitem').filter({ has: page.getByRole('checkbox') })
  const row = rows.filter({ hasText: 'Details of Safari on iPhone' }).last()
  await page.locator('summary', { hasText: 'Safari on iPhone' }).first().click()
  await row.getByText('Details').click()
  await row.getByLabel('Name of this device').fill(TOO_LONG)
  await row.getByRole('button', { name: 'Save name' }).click()
  const refused = page.getByRole('textbox', { name: /^Name of this device/ })
  await expect(refused).toHaveCount(1)
  await expect(refused).toHaveValue(TOO_LONG)
  await expect(refused).toHaveAttribute('aria-invalid', 'true')
})
