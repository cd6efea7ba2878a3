import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { formsIn } from '../support/page-forms'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

let world: TestNodes
let here: TestNode
let there: TestNode
let email: string
beforeAll(async () => {
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
beforeEach(async () => (email = await world.newEmail()))
afterAll(() => world.dispose())

/**
 * Sends a form whose commit gets no answer. It is sent again when something else was committed at
 * that moment, which happens every few seconds, and lost its answer in its stead: then it was done
 * before, and says so.
 */
async function withLostCommit(
  sent: () => Promise<Response>,
  { onDone }: { onDone?: () => void } = {},
): Promise<Response> {
  return until(async () => {
    const lost = here.way.loseAnswerToCommit()
    const answer = await sent()
    if (answer.status !== 503) {
      onDone?.()
      return undefined
    }
    await lost
    return answer
  })
}

const sessionsOf = (address: string) =>
  world.queryValue<number>(
    'SELECT count(*) FROM "Session" WHERE "userId" = (SELECT "id" FROM "User" WHERE "email" = ?)',
    address,
  )

describe('when the answer to a commit does not come,', () => {
  test('whoever signed out others is told that it is not known, and finds out by the button', async () => {
    const acting = await here.caller.signUp(email)
    const ended = await there.caller.signIn(email)
    const answer = await withLostCommit(() => here.caller.endOthers(acting))
    const html = await answer.text()
    expect(html).toContain('It is not known whether the other sessions were signed out')

    const form = formsIn(html, '/profile').find(({ fields }) =>
      fields.some(([, value]) => value === 'sign-out-of-sessions'),
    )!
    const fields = Object.fromEntries(form.fields)
    const again = await here.caller.post(form.path, fields, acting)
    expect(again.status).toBe(200)
    expect(await again.text()).toMatch(/Signed out of|There was nothing left to sign out of/)
    expect(await there.caller.check(ended)).toBe(401)
    expect(await there.caller.check(acting)).toBe(200)
  })

  test('whoever created a user is told, and reads what it means when trying again finds the address taken', async () => {
    const acting = await here.caller.signUp(email)
    await world.query(`UPDATE "User" SET "role" = 'admin' WHERE "email" = ?`, email)
    await until(async () => (await here.caller.page('/admin/users', acting)).status === 200)
    let tries = 0
    const wanted = () => ({ name: 'Grace', email: `grace-${tries}@example.com`, role: 'user' })
    const create = () => here.caller.post('/admin/users/new', wanted(), acting)
    const answer = await withLostCommit(() => {
      tries += 1
      return create()
    })
    const html = await answer.text()
    expect(html).toContain('It is not known whether the account was created')
    expect(html).toContain('another account has the e-mail address, look at that one in the list')

    expect(await (await create()).text()).toContain('Another account has this e-mail address')
    expect(await (await here.caller.page('/admin/users', acting)).text()).toContain(wanted().email)
  })

  test('whoever signs out is told that it is not known, and keeps the cookie to try again', async () => {
    const secret = await here.caller.signUp(email)
    const answer = await withLostCommit(() => here.caller.signOut(secret))
    expect(await answer.text()).toContain('It is not known whether you are signed out')
    expect(answer.headers.get('Set-Cookie')).toBeNull()
    expect((await here.caller.signOut(secret)).status).toBe(302)
    expect(await there.caller.check(secret)).toBe(401)
  })

  test('a sign-in leaves no session behind, since nobody has its secret', async () => {
    await here.caller.signOut(await here.caller.signUp(email))
    let given = 0
    const answer = await withLostCommit(
      () => here.caller.post('/login', { email, password: PASSWORD }),
      { onDone: () => (given += 1) },
    )
    const html = await answer.text()
    expect(html).toContain('It is not known whether you are signed in')
    expect(html).not.toContain(PASSWORD)
    expect(answer.headers.get('Set-Cookie') ?? '').not.toContain('.')
    await until(async () => (await sessionsOf(email)) === given)
  })

  test('an API token is taken back, since nobody has seen it', async () => {
    const secret = await here.caller.signUp(email)
    const fields = { intent: 'create-token', name: 'test', scope: 'profile:read', lifetime: '30' }
    let given = 0
    const answer = await withLostCommit(() => here.caller.post('/profile/tokens', fields, secret), {
      onDone: () => (given += 1),
    })
    const html = await answer.text()
    expect(html).toContain('It is not known whether the token was made')
    expect(html).not.toContain('lk_')
    const count = 'SELECT count(*) FROM "ApiToken"'
    await until(async () => (await world.queryValue(count)) === given)
  })
})
