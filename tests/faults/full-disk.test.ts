import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowIdOf } from '~/accounts/row-secret'
import { createCaller, type Caller } from '../support/caller'
import { dump, withoutActivity, type Dump } from '../support/dump'
import type { TestServer } from '../support/server'
import { mountSmallDisk } from '../support/small-disk'
import { openTab } from '../support/tab'
import { until } from '../support/until'
import { PASSWORD } from '../support/visitor'

/** More than the log of a full disk can take in the space that it has already. */
/** Fewer than the limits of the people who write. */
const MOST_WRITES = 70

/** Elsewhere the adapter's test has to do. */
const disk = mountSmallDisk(8)

afterAll(() => disk?.remove())

/** Somebody with two devices. */
type Person = { email: string; id: string; here: string; there: string }

/** Something that writes. On a full disk it may still be done, where the log has space to reuse. */
type Deed = {
  what: string
  /** What the rows that it may write have in them. */
  marks: string[]
  send: () => Promise<Response>
  /** What its answer is when it is done. */
  status: number
  isDone: (rows: Dump) => boolean
  /** What is in the audit log then. */
  kind: string
}

describe.skipIf(!disk)('on a disk that is full', () => {
  let server: TestServer
  let caller: Caller
  let ada: Person
  /** Whose names fill the disk: a person may change theirs so often. */
  let writers: Person[]
  beforeAll(async () => {
    server = await disk!.startServer()
    caller = createCaller(server.origin)
    ada = await newPerson()
    writers = [ada, await newPerson(), await newPerson(), await newPerson()]
  })
  afterAll(() => server.dispose())

  test('what is answered by 503 did nothing, all else is done, and all is well once there is space', async () => {
    const tab = await openTab(server, ada.there)
    const deeds = [...(await newDeeds()), ...(await newDeeds())]
    disk!.fill()
    await writeUntilRefused()
    await Promise.all(deeds.map(isTrulyDone))

    const pages = ['/profile', '/profile/tokens', '/login', '/readyz', '/healthz']
    const reads = await Promise.all(pages.map((page) => caller.page(page, ada.here)))
    expect(reads.map(({ status }) => status)).toEqual([200, 200, 302, 200, 200])
    expect([await caller.check(ada.here), await caller.check(ada.there)]).toEqual([200, 200])
    expect(tab.closed).toBeUndefined()

    disk!.free()
    expect((await caller.endOthers(ada.here)).status).toBe(200)
    await until(() => tab.closed)
    expect(await caller.check(ada.there)).toBe(401)
    ada.there = await caller.signIn(ada.email)
    expect(await caller.check(ada.there)).toBe(200)
  })

  test('what was answered is still true when the server is killed and there is space again', async () => {
    const deeds = await newDeeds()
    disk!.fill()
    await writeUntilRefused()
    const done = await Promise.all(deeds.map(isTrulyDone))
    const rowsOfDeeds = () => Promise.all(deeds.map(({ marks }) => rowsWith(marks)))
    const before = await rowsOfDeeds()
    const name = await nameOf(ada)
    await server.stop('SIGKILL')

    disk!.free()
    await server.start()
    expect(await rowsOfDeeds()).toEqual(before)
    expect(deeds.map((deed, index) => deed.isDone(before[index]!))).toEqual(done)
    expect(await nameOf(ada)).toBe(name)
    const deed = rename(ada, 'Ada with space')
    expect(await isTrulyDone(deed)).toBe(true)
  })

  /** Until one write at least finds no space at all. */
  async function writeUntilRefused() {
    for (let count = 0; count < MOST_WRITES; count += 1) {
      const writer = writers[count % writers.length]!
      if (!(await isTrulyDone(rename(writer, `Ada ${randomUUID()}`)))) return
    }
    throw new Error('The disk did not become full')
  }

  /** Sends it, and compares what was answered with the rows. */
  async function isTrulyDone({ what, marks, send, status, isDone, kind }: Deed): Promise<boolean> {
    const before = await rowsWith(marks)
    const answer = await send()
    const text = await answer.text()
    const after = await rowsWith(marks)
    if (answer.status === 503) {
      expect(text).toContain('Nothing was changed')
      expect(answer.headers.get('Set-Cookie')).toBeNull()
      expect(after).toEqual(before)
      return false
    }
    const recorded = (rows: Dump) => rows.AuditEvent!.filter((event) => event.kind === kind).length
    expect([what, answer.status]).toEqual([what, status])
    expect([what, isDone(before), isDone(after)]).toEqual([what, false, true])
    expect([what, recorded(after)]).toEqual([what, recorded(before) + 1])
    return true
  }

  /** One of every kind, each about somebody of its own, so that what it did can be told. */
  async function newDeeds(): Promise<Deed[]> {
    const [bob, cyd, dan, eve, fay] = [
      await newPerson(),
      await newPerson(),
      await newPerson(),
      await newPerson(),
      await newPerson(),
    ]
    const [email, name] = [newEmail(), `New ${randomUUID()}`]
    return [
      rename(bob, 'Bob with another name'),
      {
        what: 'signs other sessions out',
        marks: [cyd.id],
        send: () => caller.endOthers(cyd.here),
        status: 200,
        isDone: (rows) => !hasSession(rows, cyd.there) && hasSession(rows, cyd.here),
        kind: 'session.ended',
      },
      {
        what: 'signs out',
        marks: [dan.id],
        send: () => caller.signOut(dan.there),
        status: 302,
        isDone: (rows) => !hasSession(rows, dan.there),
        kind: 'session.signed-out',
      },
      {
        what: 'asks for their data',
        marks: [eve.id],
        send: () => caller.post('/profile/data', {}, eve.here),
        status: 200,
        isDone: (rows) => rows.AuditEvent!.some(({ kind }) => kind === 'user.exported'),
        kind: 'user.exported',
      },
      {
        what: 'signs in',
        marks: [fay.id],
        send: () => caller.post('/login', { email: fay.email, password: PASSWORD }),
        status: 302,
        isDone: (rows) => rows.Session!.length === 3,
        kind: 'session.started',
      },
      {
        what: 'signs up',
        marks: [email, name],
        send: () => caller.post('/signup', { name, email, password: PASSWORD }),
        status: 302,
        isDone: (rows) => rows.User!.some((user) => user.email === email),
        kind: 'user.created',
      },
    ]
  }

  const rename = ({ id, here }: Person, name: string): Deed => ({
    what: 'renames',
    marks: [id],
    send: () => caller.rename(here, name),
    status: 200,
    isDone: (rows) => rows.User!.some((user) => user.name === name),
    kind: 'user.renamed',
  })

  async function newPerson(): Promise<Person> {
    const email = newEmail()
    const here = await caller.signUp(email)
    const there = await caller.signIn(email)
    const id = String((await rowsWith([email])).User![0]!.id)
    return { email, id, here, there }
  }

  const nameOf = async ({ id }: Person) => (await rowsWith([id])).User![0]!.name

  async function rowsWith(marks: string[]): Promise<Dump> {
    const isMeant = (row: object) => marks.some((mark) => JSON.stringify(row).includes(mark))
    const tables = Object.entries(withoutActivity(await dump(server)))
    return Object.fromEntries(tables.map(([table, rows]) => [table, rows.filter(isMeant)]))
  }
})

const hasSession = ({ Session }: Dump, secret: string) =>
  Session!.some(({ id }) => id === rowIdOf(secret))

const newEmail = () => `${randomUUID()}@example.com`
