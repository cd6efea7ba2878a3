import { addApplication, letIn, reach } from '../support/applications'
import { expect, expectLive, expectSaid, signUp, test } from './fixtures'
import { agree, areYouSure, sessionLines } from './profile-page'

test.describe('the applications beside a session', () => {
  test('appear when they are reached, and are left by two presses without ending the session', async ({
    openBrowser,
    newPerson,
    server,
  }) => {
    const [here, ada] = [await openBrowser(), newPerson()]
    await signUp(here, ada)
    const ids = await idsOf(server, ada.email)
    const wiki = await addApplication(server, { forEverybody: false })
    await letIn(server, ids.userId, wiki)
    await reach(server, ids, wiki)
    await here.reload()
    await expectLive(here)
    const signOut = here.getByRole('button', { name: /^Sign out.*of Wiki in/ })
    await expect(signOut).toBeVisible()
    await expect(sessionLines(here)).toHaveCount(1)
    await signOut.click()
    await areYouSure(here).click()
    await expectSaid(
      here,
      'Signed out of Wiki on this browser; it will ask before it lets you in again',
    )
    await expect(signOut).toHaveCount(0)
    await expect(sessionLines(here)).toHaveCount(1)
    await here.getByRole('link', { name: 'Apps', exact: true }).click()
    await expect(here.getByRole('link', { name: /^Wiki/ })).toHaveAttribute('href', wiki.address)
  })

  test('are left by a page that asks, where scripts do not run', async ({
    openBrowser,
    newPerson,
    server,
  }) => {
    const [here, ada] = [await openBrowser({ javaScriptEnabled: false }), newPerson()]
    await signUp(here, ada)
    const ids = await idsOf(server, ada.email)
    const wiki = await addApplication(server, { forEverybody: false })
    await letIn(server, ids.userId, wiki)
    await reach(server, ids, wiki)
    await here.reload()
    await here.getByRole('button', { name: /^Sign out.*of Wiki in/ }).click()
    await agree(here, 'Sign out of Wiki?', 'Sign out of Wiki')
    await expect(here.getByText('it will ask before it lets you in again')).toBeVisible()
  })
})

test('the question before an application is opened again waits for its button, whatever the page hears meanwhile', async ({
  openBrowser,
  newPerson,
  newDevice,
  server,
}) => {
  const [here, ada] = [await openBrowser(), newPerson()]
  await signUp(here, ada)
  // Of nobody else: who may open something lands on another page after signing in.
  const wiki = await addApplication(server, { forEverybody: false })
  const ids = await idsOf(server, ada.email)
  await letIn(server, ids.userId, wiki)
  const signIn = await reach(server, ids, wiki)
  await server.query(`UPDATE "ApplicationSession" SET "askAgain" = TRUE WHERE "id" = ?`, signIn)
  const opened: number[] = []
  here.on('response', (answer) => {
    if (new URL(answer.url()).pathname === '/open') opened.push(answer.status())
  })
  await here.goto(`/open?application=${wiki.id}&nonce=${'n'.repeat(43)}&to=/`)
  await expectLive(here)
  const question = here.getByRole('heading', { name: 'Continue to Wiki as Ada Lovelace?' })
  await expect(question).toBeVisible()

  // So is a page told whose "Continue" was pressed, while the browser is on its way to the application.
  const refreshed = here.waitForResponse(/\/open\.data/)
  await newDevice().signIn(ada.email, ada.password)
  expect((await refreshed).status()).toBe(200)
  await expect(question).toBeVisible()
  expect(opened).toEqual([200])
})

async function idsOf({ query }: Parameters<typeof reach>[0], email: string) {
  const [row] = await query<{ userId: string; sessionId: string }>(
    `SELECT "User"."id" AS "userId", "Session"."id" AS "sessionId"
     FROM "User" JOIN "Session" ON "Session"."userId" = "User"."id" WHERE "email" = ?`,
    email,
  )
  return row!
}
