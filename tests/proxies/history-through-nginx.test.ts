import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { allowedBy, createRecorder, outcome } from '../support/application-history'
import { alterBuild } from '../support/altered-build.js'
import { letIn } from '../support/applications'
import { objections, type Entry } from '../support/history'
import { startLatchkeyBehind, type LatchkeyBehind } from '../support/latchkey-behind'
import { CALLS } from '../support/proxied-browser'
import { startServer, type TestServer } from '../support/server'

/*
 * What tests/nodes/history-of-applications.test.ts asks two nodes themselves, through nginx, which asks
 * both in turn.
 */

const ENDINGS = ['session', 'sign-in', 'membership', 'person'] as const
/** Of each kind. */
const ROUNDS = 3
const LOOKED_AT_MS = 60
const LOOKING_AT_ONCE = 2

test('no use of an application that began after an answered ending goes through', async () => {
  const { entries, ended } = await recordBehind()
  expect(objections(entries)).toEqual([])
  expect(ended).toBe(ENDINGS.length * ROUNDS)
  const uses = (result: string) =>
    entries.filter((entry) => entry.kind === 'use' && entry.result === result).length
  expect(uses('done')).toBeGreaterThan(20)
  expect(uses('refused')).toBeGreaterThan(20)
})

test('some do when nothing that is remembered of a visitor is forgotten', async () => {
  const { build, remove } = alterBuild([
    /dependsOn: \[\.\.\.ids\d*, userId, applicationId, \.\.\.groupIds\]/,
    'dependsOn: []',
  ])
  const { entries } = await recordBehind(build)
  remove()
  expect(objections(entries).filter((words) => words.includes('was used at'))).not.toEqual([])
})

async function recordBehind(build?: string) {
  let second: TestServer | undefined
  const all = await startLatchkeyBehind('nginx', {
    ...(build !== undefined && { build }),
    async change(configuration, { origin, databaseUrl, port }) {
      const settings = { ORIGIN: origin, TRUST_PROXY: '1', SIGNUP: 'open' }
      second = await startServer({ ...settings, DATABASE_URL: databaseUrl }, build)
      const line = `server 127.0.0.1:${port};`
      return configuration.replace(line, `${line}\n  server 127.0.0.1:${second.port};`)
    },
  })
  try {
    return await record(all)
  } finally {
    await second?.dispose()
    await all.dispose()
  }
}

async function record(all: LatchkeyBehind): Promise<{ entries: Entry[]; ended: number }> {
  const { entries, attempt } = createRecorder()
  const { latchkey, admin, files, client } = all
  let ended = 0

  async function comeAndGo(kind: (typeof ENDINGS)[number]) {
    const browser = await all.newPerson()
    const { id, person } = browser
    await letIn(latchkey, id, { id: 'files' })
    const session = `${id} at files`
    await attempt({ kind: 'sign-in', user: id, session }, async () =>
      allowedBy((await browser.open(files, '/')).status),
    )
    const headers = { ...CALLS, Cookie: browser.cookieHeader(files) }
    const use = () =>
      attempt({ kind: 'use', session }, async () =>
        allowedBy((await client.ask(files, '/', { headers })).status),
      )
    const query = 'SELECT "id" FROM "ApplicationSession" WHERE "userId" = ?'
    const signInId = (await latchkey.queryValue<string>(query, id)) ?? ''
    const endings = {
      session: () => person.submit('/logout'),
      'sign-in': () => person.confirm('/profile', { intent: 'sign-out-of-application', signInId }),
      membership: () =>
        admin.confirm('/admin/groups/files', { intent: 'remove-members', userId: id }),
      person: () => admin.confirm(`/admin/users/${id}/delete`),
    }
    let isOver = false
    const looks = Array.from({ length: LOOKING_AT_ONCE }, async () => {
      while (!isOver) await use()
    })
    await sleep(LOOKED_AT_MS)
    const result = await attempt({ kind: 'end', session }, async () =>
      outcome(await endings[kind]()),
    )
    if (result === 'done') ended += 1
    await sleep(LOOKED_AT_MS)
    isOver = true
    await Promise.all(looks)
    // By each node.
    for (const _ of [1, 2]) await use()
  }

  for (let round = 0; round < ROUNDS; round += 1) await Promise.all(ENDINGS.map(comeAndGo))
  return { entries, ended }
}
