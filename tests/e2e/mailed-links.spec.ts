import type { Page } from '@playwright/test'
import { startMailServer, type MailServer } from '../support/mail-server'
import { createMailbox, press, signUpByMail } from '../support/mailed-links'
import { createVisitor } from '../support/visitor'
import { whenBlanked } from './blanking'
import {
  ADMIN,
  expect,
  expectLive,
  expectProfile,
  signIn,
  test as base,
  type OpenBrowser,
  type Person,
} from './fixtures'

/*
 * The pages that mailed links lead to, in a browser that is signed in to the account that they are about.
 * Their forms end that session, and what they answer has to be seen all the same.
 */

const NEW_PASSWORD = 'eight red lanterns'

const test = base.extend<{ mailServer: MailServer; site: { origin: string } }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from the pattern.
  mailServer: async ({}, use) => {
    const mailServer = await startMailServer()
    await use(mailServer)
    await mailServer.close()
  },
  site: async ({ mailServer, newServer }, use) => {
    const mail = { SMTP_URL: mailServer.url, MAIL_FROM: 'latchkey@example.com' }
    const server = await newServer({ SIGNUP: 'open', ...mail })
    await createVisitor(server.origin).setUp(server.setUpToken(), ADMIN.email)
    await use(server)
  },
})

test('after “It wasn’t me” the page shows what was ended and what is older, and the other tab is blank', async ({
  site,
  mailServer,
  openBrowser,
  newPerson,
}) => {
  const [ada, mailbox] = [newPerson(), createMailbox(mailServer)]
  const device = await signUpByMail(site, mailbox, ada.email, ada)
  const token = { intent: 'create-token', name: 'the printer', scope: 'profile:read' }
  await device.submit('/profile/tokens', { ...token, lifetime: '7' })
  const { here, blanked } = await twoTabs(openBrowser, site, ada)

  const expectNotLeft = await open(here, await mailbox.linkTo(ada.email, '/not-me'))
  await here.getByRole('button', { name: 'It wasn’t me' }).click()

  await expect(here.getByRole('heading', { name: 'Your account is safe again' })).toBeVisible()
  await expect(here.getByText('2 sessions ended')).toBeVisible()
  await blanked()
  await here.getByRole('button', { name: 'Remove the printer' }).click()
  await expect(here.getByText('Do you know these?')).toHaveCount(0)
  await expectNotLeft()
})

test('after an address was taken back the page asks for a new password, and the other tab is blank', async ({
  site,
  mailServer,
  openBrowser,
  newPerson,
}) => {
  const [ada, mailbox] = [newPerson(), createMailbox(mailServer)]
  const device = await signUpByMail(site, mailbox, ada.email, ada)
  const changed = newPerson().email
  const change = { intent: 'change-email', email: changed, currentPassword: ada.password }
  await device.submit('/profile', change)
  await press(device, await mailbox.linkTo(changed, '/confirm-email'))
  const { here, blanked } = await twoTabs(openBrowser, site, { ...ada, email: changed })

  const expectNotLeft = await open(here, await mailbox.linkTo(ada.email, '/take-back-email'))
  await here.getByRole('button', { name: 'Take it back and sign out everywhere' }).click()

  await choosePassword(here)
  await blanked()
  await expectNotLeft()
})

test('a password that is chosen by a link signs in to the profile, and the other tab is blank meanwhile', async ({
  site,
  mailServer,
  openBrowser,
  newPerson,
}) => {
  const [ada, mailbox] = [newPerson(), createMailbox(mailServer)]
  const device = await signUpByMail(site, mailbox, ada.email, ada)
  await device.post('/forgot-password', { email: ada.email })
  const { here, blanked } = await twoTabs(openBrowser, site, ada)

  const expectNotLeft = await open(here, await mailbox.linkTo(ada.email, '/password-link'))
  await choosePassword(here)
  await blanked()
  await expectNotLeft()
})

/** A browser that is signed in, with a tab that shows the profile and another one for a link. */
async function twoTabs(openBrowser: OpenBrowser, { origin }: { origin: string }, person: Person) {
  const other = await openBrowser({ baseURL: origin })
  await signIn(other, person)
  await expectLive(other)
  const here = await other.context().newPage()
  return { here, blanked: await whenBlanked(other, person.name) }
}

/**
 * Opens the link, and waits until the page's scripts run: without them the browser takes what is answered.
 * Returns what says afterwards whether it is the same page still, or was left for another one meanwhile.
 */
async function open(page: Page, link: string): Promise<() => Promise<void>> {
  await page.goto(link, { waitUntil: 'networkidle' })
  const mark = await page.evaluateHandle(() => document)
  return async () => {
    expect(await mark.evaluate((marked) => marked === document).catch(() => false)).toBe(true)
  }
}

async function choosePassword(page: Page) {
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD)
  await page.getByRole('button', { name: 'Save password and sign in' }).click()
  await expectProfile(page)
}
