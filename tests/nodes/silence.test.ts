import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startNodes, type TestNode, type TestNodes } from '../support/nodes'
import { openTab } from '../support/tab'
import { until } from '../support/until'

const ROUNDS = 2
const SIGNED_OUT_ELSEWHERE = { type: 'signed-out', reason: 'signed-out-elsewhere' }

let world: TestNodes
let here: TestNode
let there: TestNode
let email: string
beforeAll(async () => {
  world = await startNodes(2)
  ;[here, there] = world.nodes as [TestNode, TestNode]
})
beforeEach(async () => {
  email = await world.newEmail()
  await world.untilAllConfirm()
})
afterEach(() => there.way.heal())
afterAll(() => world.dispose())

/** Asks there again and again. Resolves to when each question was asked, and what was answered. */
function hammer(secret: string) {
  const answers: { askedAt: number; status: number }[] = []
  let over = false
  const asking = (async () => {
    while (!over) {
      const askedAt = performance.now()
      answers.push({ askedAt, status: await there.caller.check(secret) })
    }
  })()
  return async () => {
    over = true
    await asking
    return answers
  }
}

describe('while the way of one node to PostgreSQL is silent', () => {
  test('nothing is admitted there from memory once a sign-out at the other was answered', async () => {
    const secret = await here.caller.signUp(email)
    expect(await there.caller.check(secret)).toBe(200)
    there.way.stallAll()
    expect((await here.caller.signOut(secret)).headers.get('Location')).toContain('signed-out')
    expect(await there.caller.check(secret)).toBe(503)
    there.way.heal()
    await until(async () => (await there.caller.check(secret)) === 401)
  })

  test('a sign-out there does not say that it was done, and pages say that it is for now', async () => {
    const secret = await here.caller.signUp(email)
    expect(await there.caller.check(secret)).toBe(200)
    there.way.stallAll()
    const answer = await there.caller.signOut(secret)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Set-Cookie')).toBeNull()
    const page = await there.caller.page('/profile', secret)
    expect(page.status).toBe(503)
    expect(await page.text()).toContain('Try again in a few seconds.')
    there.way.heal()
    await until(async () => (await there.caller.signOut(secret)).status === 302)
    expect(await here.caller.check(secret)).toBe(401)
  })
})

test('while one node stands still, a sign-out says who confirmed it, and the first answers there are right', async () => {
  const acting = await here.caller.signUp(email)
  const ended = await there.caller.signIn(email)
  expect(await there.caller.check(ended)).toBe(200)
  const tab = await openTab(there, ended)
  there.process.kill('SIGSTOP')
  try {
    const page = await (await here.caller.endOthers(acting)).text()
    expect(page).toContain('Signed out of 1 other session')
    expect(page).toContain('Confirmed by 1 of 2 nodes; the other uses nothing from memory.')
    // Nobody waits for it any more.
    await until(async () => {
      await here.caller.signIn(email)
      return !(await (await here.caller.endOthers(acting)).text()).includes('the other uses')
    })
    const waiting = Array.from({ length: 20 }, () => there.caller.check(ended))
    there.process.kill('SIGCONT')
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([401]))
  } finally {
    there.process.kill('SIGCONT')
  }
  await until(() => tab.closed)
  // Where that took long, tabs are sent to another node first, which refuses this one.
  if (tab.closed?.code !== 1012) expect(tab.messages.at(-1)).toEqual(SIGNED_OUT_ELSEWHERE)
})

test('the redirect after a sign-out comes when no node answers from memory any more, and not before', async () => {
  let servedMeanwhile = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    await world.untilAllConfirm()
    const secret = await here.caller.signIn(await person())
    expect(await there.caller.check(secret)).toBe(200)
    there.way.stallListening()
    const stop = hammer(secret)
    const signedOutAt = performance.now()
    expect((await here.caller.signOut(secret)).status).toBe(302)
    const answeredAt = performance.now()
    expect(await there.caller.check(secret)).toBe(401)
    const answers = await stop()
    const served = answers.filter(({ status }) => status === 200)
    expect(served.filter(({ askedAt }) => askedAt > answeredAt)).toEqual([])
    servedMeanwhile += served.filter(({ askedAt }) => askedAt > signedOutAt).length
    there.way.heal()
  }
  // Or it would not be shown that it waits.
  expect(servedMeanwhile).toBeGreaterThan(0)
})

/** Somebody who is there already, in every round but the first. */
async function person(): Promise<string> {
  await here.caller.signUp(email).catch(() => undefined)
  return email
}
