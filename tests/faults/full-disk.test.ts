import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCaller, type Caller } from '../support/caller'
import { dump, withoutActivity } from '../support/dump'
import type { TestServer } from '../support/server'
import { mountSmallDisk } from '../support/small-disk'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

/** Elsewhere the adapter's test has to do. */
const disk = mountSmallDisk(4)

afterAll(() => disk?.remove())

describe.skipIf(!disk)('on a disk that is full', () => {
  let server: TestServer
  let caller: Caller
  let here: string
  let there: string
  beforeAll(async () => {
    server = await disk!.startServer()
    caller = createCaller(server.origin)
    here = await caller.signUp('ada@example.com')
    there = await caller.signIn('ada@example.com')
  })
  afterAll(() => server.dispose())

  test('what would write answers 503, nothing is half done, and all is well once there is space', async () => {
    const tab = await openTab(server, there)
    const before = withoutActivity(dump(server))
    disk!.fill()
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all([
        caller.endOthers(here),
        caller.signOut(there),
        caller.rename(here, 'Half done'),
        caller.post('/profile/data', {}, here),
        caller.post('/login', { email: 'ada@example.com', password: PASSWORD }),
        caller.post('/signup', { name: 'New', email: 'new@example.com', password: PASSWORD }),
      ])
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503, 503])
      for (const answer of answers) {
        expect(answer.headers.get('Set-Cookie')).toBeNull()
        expect(await answer.text()).toContain('did nothing of it')
      }
    }
    const pages = ['/profile', '/profile/tokens', '/login', '/readyz', '/healthz']
    const reads = await Promise.all(pages.map((page) => caller.page(page, here)))
    expect(reads.map(({ status }) => status)).toEqual([200, 200, 302, 200, 200])
    expect([await caller.check(here), await caller.check(there)]).toEqual([200, 200])
    expect(tab.closed).toBeUndefined()

    disk!.free()
    expect(withoutActivity(dump(server))).toEqual(before)
    expect((await caller.endOthers(here)).status).toBe(200)
    await until(() => tab.closed)
    expect(await caller.check(there)).toBe(401)
    expect(await caller.check(await caller.signIn('ada@example.com'))).toBe(200)
  })
})
