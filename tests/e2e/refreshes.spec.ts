import type { Page } from '@playwright/test'
import { badGateway, expect, expectLive, signUp, test } from './fixtures'
import { sessionLines } from './profile-page'

/* What a page asks for by itself: nobody's typing and no answer to a form is lost by it. */

test('a page that is told of a change keeps what is typed, and follows once it can be answered', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [page, ada] = [await openBrowser(), newPerson()]
  await signUp(page, ada)
  await expectLive(page)
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.fill('Augusta')
  await page.route('**/profile.data*', badGateway)

  await Promise.all([page.waitForResponse('**/profile.data*'), newDevice().signIn(ada.email)])
  await name.pressSequentially(' Ada')
  await page.unrouteAll()
  await expect(sessionLines(page)).toHaveCount(2)
  await expect(name).toHaveValue('Augusta Ada')
})

test('a form that was done says so, also when the page cannot be loaded again', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  await signUp(page, newPerson())
  await page.goto('/profile/tokens')
  let isAway = true
  await page.route('**/profile/tokens.data*', (route) =>
    isAway && route.request().method() === 'GET' ? badGateway(route) : route.continue(),
  )
  await createToken(page, 'Backup')
  await expect(page.getByText('“Backup” was created')).toBeVisible()
  await expect(page.getByLabel('Token', { exact: true })).not.toHaveValue('')
  await expect(page.getByText('No API tokens')).toBeVisible()

  isAway = false
  await expect(page.getByRole('row', { name: 'Backup' })).toBeVisible()
  await expect(page.getByText('“Backup” was created')).toBeVisible()
})

test('the answer to a form is shown, however long the page takes to draw it and whatever it hears meanwhile', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  await page.addInitScript(drawLate)
  await signUp(page, newPerson())
  await page.goto('/profile/tokens')
  await expectLive(page)
  for (const name of ['One', 'Two']) {
    await createToken(page, name)
    await expect(page.getByText(`“${name}” was created`)).toBeVisible()
  }
})

async function createToken(page: Page, name: string) {
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('checkbox').first().check()
  await page.getByRole('button', { name: 'Create token' }).click()
}

/** React draws in turns that it gives itself by messages: each is late by more than the server's answers are. */
function drawLate() {
  const LATE_MS = 500
  window.MessageChannel = class extends MessageChannel {
    constructor() {
      super()
      const send = this.port2.postMessage.bind(this.port2)
      this.port2.postMessage = (message: unknown) => void setTimeout(() => send(message), LATE_MS)
    }
  }
}
