import { expect, expectProfile, expectSignedOut, fillSignIn, test } from './fixtures'

const storages = {
  'throws whenever it is touched, as where cookies are blocked': () => {
    Object.defineProperty(window, 'sessionStorage', {
      configurable: true,
      get() {
        throw new DOMException('Access is denied for this document.', 'SecurityError')
      },
    })
  },
  'is null, as in some apps that show pages': () => {
    Object.defineProperty(window, 'sessionStorage', { configurable: true, value: null })
  },
  'is full': () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
  },
}

for (const [what, replaceStorage] of Object.entries(storages)) {
  test(`pages work where the session storage ${what}`, async ({
    openBrowser,
    newDevice,
    newPerson,
  }) => {
    const [page, ada] = [await openBrowser(), newPerson()]
    await newDevice().signUp(ada.email, ada.name)
    await page.addInitScript(replaceStorage)

    await page.goto('/login')
    await fillSignIn(page, ada)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expectProfile(page)
    await page.getByRole('link', { name: 'Password' }).click()
    await expect(page.getByLabel('New password')).toBeVisible()
    await page.goBack()
    await expectProfile(page)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await expectSignedOut(page, 'You signed out.')
  })
}
