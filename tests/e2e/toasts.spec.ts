import type { Page } from '@playwright/test'
import { idOf, test } from './administration'
import { ADMIN, expect, expectLive, expectSaid, signIn } from './fixtures'
import { areYouSure } from './profile-page'

const ofLinux = (browser: string) => `Mozilla/5.0 (X11; Linux x86_64) ${browser}/130.0.0.0`

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 1280, height: 600 },
  { width: 375, height: 700 },
]) {
  test(`two sign-outs in a row are said where no control is covered, at ${viewport.width}x${viewport.height}`, async ({
    server,
    openBrowser,
    newDevice,
    newPerson,
  }) => {
    const [page, ada] = [await openBrowser({ viewport }), newPerson()]
    await newDevice(ofLinux('Firefox')).signUp(ada.email, ada.name)
    for (const browser of ['Edg', 'OPR']) await newDevice(ofLinux(browser)).signIn(ada.email)
    await signIn(page, ADMIN)
    await page.goto(`/admin/users/${await idOf(server, ada)}`)
    await expectLive(page)

    for (const browser of ['Microsoft Edge', 'Opera']) {
      await page.getByRole('button', { name: `Sign out of ${browser} on Linux` }).click()
      await areYouSure(page).click()
      await expectSaid(page, 'Signed out of 1 session')
      await expect(page.getByText(`${browser} on Linux`)).toHaveCount(0)
      await expect(page.locator('[data-toast]').last()).toBeInViewport({ ratio: 1 })
      await expect.poll(() => coveredControls(page)).toEqual([])
    }
  })
}

/** The links, buttons and fields of which a message hides a part. */
const coveredControls = (page: Page) =>
  page.evaluate(() => {
    const toasts = [...document.querySelectorAll('[data-toast]')]
    const controls = [...document.querySelectorAll('a, button, input, select, textarea, summary')]
    const shared = (a: Element, b: Element) => {
      const [one, other] = [a.getBoundingClientRect(), b.getBoundingClientRect()]
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left)
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
      return width > 0 && height > 0
    }
    return controls
      .filter((control) => control.checkVisibility() && !control.closest('[data-toast]'))
      .filter((control) => toasts.some((toast) => shared(toast, control)))
      .map((control) => control.textContent)
  })
