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

async function idsOf({ query }: Parameters<typeof reach>[0], email: string) {
  const [row] = await query<{ userId: string; sessionId: string }>(
    `SELECT "User"."id" AS "userId", "Session"."id" AS "sessionId"
     FROM "User" JOIN "Session" ON "Session"."userId" = "User"."id" WHERE "email" = ?`,
    email,
  )
  return row!
}
