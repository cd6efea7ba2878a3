import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCaller, type Caller } from '../support/caller'
import { startOpenServer, type TestServer } from '../support/server'
import { until } from '../support/until'

const ROUNDS = 4
const SOME_ANSWERS = 9
const LONGEST_MS = 120_000
const PEOPLE = ['ada', 'bob', 'cyd']

let server: TestServer
let caller: Caller
let answers = 0
beforeAll(async () => {
  server = await startOpenServer()
  caller = createCaller(server.origin)
})
afterAll(() => server.dispose())

/** What a person was told, and therefore may rely on. */
type Ledger = {
  email: string
  /** Signed in for good: renames, and is never signed out. */
  home: string
  /** The name that was acknowledged last, and perhaps one that was sent without an answer. */
  names: Set<string>
  started: Set<string>
  ended: Set<string>
}

test(
  'every acknowledged sign-in, sign-out and change is there after each kill',
  async () => {
    const ledgers = await Promise.all(PEOPLE.map(openLedger))
    for (let round = 0; round < ROUNDS; round += 1) {
      const enough = answers + SOME_ANSWERS
      const writing = ledgers.map(writeUntilCut)
      await until(() => answers >= enough, { timeout: LONGEST_MS })
      // At any moment of whatever is being done now.
      await sleep(Math.random() * 100)
      await server.stop('SIGKILL')
      await Promise.all(writing)

      await server.start()
      expect((await caller.send('/readyz')).status).toBe(200)
      expect(await integrity()).toEqual({ check: 'ok', broken: [], orphans: 0 })
      for (const ledger of ledgers) await expectKept(ledger)
    }
  },
  LONGEST_MS,
)

async function openLedger(name: string): Promise<Ledger> {
  const email = `${name}@example.com`
  const home = await caller.signUp(email)
  return { email, home, names: new Set(['Test Person']), started: new Set(), ended: new Set() }
}

/** Signs in, renames and signs out until the server is gone. */
async function writeUntilCut({ email, home, names, started, ended }: Ledger) {
  for (;;) {
    const secret = await caller.signIn(email).catch(() => undefined)
    if (secret === undefined) return
    answers += 1
    started.add(secret)

    const name = `Name ${Math.random()}`
    names.add(name)
    const renamed = await caller.rename(home, name).catch(() => undefined)
    if (renamed?.status !== 200) return
    answers += 1
    names.clear()
    names.add(name)

    // From here on it may be ended, and it is for certain once that was answered.
    started.delete(secret)
    const left = await caller.signOut(secret).catch(() => undefined)
    if (left?.status !== 302) return
    answers += 1
    ended.add(secret)
  }
}

async function expectKept({ home, names, started, ended }: Ledger) {
  const statuses = (secrets: Iterable<string>) => Promise.all([...secrets].map(caller.check))
  expect(new Set(await statuses([home, ...started]))).toEqual(new Set([200]))
  expect(new Set(await statuses(ended)).has(200)).toBe(false)

  const session = await caller.page('/api/v1/session', home)
  const { user } = (await session.json()) as { user: { name: string } }
  expect([...names]).toContain(user.name)
  names.clear()
  names.add(user.name)
}

async function integrity() {
  return {
    check: await server.queryValue('PRAGMA integrity_check'),
    broken: await server.query('PRAGMA foreign_key_check'),
    orphans: await server.queryValue(
      'SELECT count(*) FROM "Session" WHERE "userId" NOT IN (SELECT "id" FROM "User")',
    ),
  }
}
