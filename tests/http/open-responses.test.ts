import { randomBytes, randomUUID } from 'node:crypto'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowIdOf } from '~/accounts/row-secret'
import { createAdministration, type Someone } from '../support/administration'
import { createCaller, type Caller } from '../support/caller'
import { expireAt } from '../support/expire'
import { startServer, type TestServer } from '../support/server'
import { startDownload, type SlowReader } from '../support/slow-reader'
import { until } from '../support/until'
import { createVisitor, PASSWORD } from '../support/visitor'

/** Together more than what the system takes off the server's hands for a reader who does not read. */
const EVENTS = 2_400
const BYTES_OF_AN_EVENT = 5_000
const KIND = 'test.event'
/** Whose history the others' are copied from. */
const MODEL = 'model'
/** Long enough for a download to begin. */
const SOON_MS = 6_000
/** More than the reader's own system takes in for it, less than the server's holds back. */
const ARRIVED = 2_000_000

let server: TestServer
let caller: Caller
let admin: Someone
beforeAll(async () => {
  server = await startServer({ SIGNUP: 'open' })
  caller = createCaller(server.origin)
  admin = await createAdministration(server).setUp()
  await server.queryEach(
    `INSERT INTO "AuditEvent" ("id", "at", "kind", "subjectId", "details")
     VALUES (?, ?, '${KIND}', '${MODEL}', ?)`,
    Array.from({ length: EVENTS }, (_, index) => [
      String(index).padStart(6, '0'),
      new Date(),
      JSON.stringify({ text: randomBytes(BYTES_OF_AN_EVENT / 2).toString('hex') }),
    ]),
  )
})
afterAll(() => server.dispose())

/** Somebody with a long history and two devices. */
type Person = { email: string; id: string; here: string; there: string }

describe('a download that is under way is cut off', () => {
  const newPassword = { currentPassword: PASSWORD, newPassword: 'eight red bicycles' }
  const endings: Record<string, (person: Person) => unknown> = {
    'another device signs its session out': ({ here }) => caller.endOthers(here),
    'its own browser signs out': ({ there }) => caller.signOut(there),
    'its own browser signs in again': ({ email, there }) => signInAgain(email, there),
    'another device changes the password': ({ here }) =>
      caller.post('/profile/password', { ...newPassword, endOthers: 'on' }, here),
    'its own browser changes the password, and with it the secret': ({ there }) =>
      caller.post('/profile/password', newPassword, there),
    'its owner deletes the account': ({ here }) =>
      caller.post('/profile/delete', { currentPassword: PASSWORD, confirmed: 'yes' }, here),
    'an administrator deletes the user': ({ id }) => admin.confirm(`/admin/users/${id}/delete`),
    'an administrator disables the user': ({ id }) =>
      admin.confirm(`/admin/users/${id}`, { intent: 'disable' }),
    'another process deletes its session': ({ there }) =>
      server.query('DELETE FROM "Session" WHERE "id" = ?', rowIdOf(there)),
  }

  test.each(Object.entries(endings))('when %s', async (_, end) => {
    const person = await newPerson()
    const download = await startDownload(server, person.there)
    await end(person)
    await expectCutOff(download)
  })

  test('when its session expires', async () => {
    const { there } = await newPerson()
    const soon = new Date(Date.now() + SOON_MS)
    await expireAt(server, rowIdOf(there), soon)
    // Until the server has seen it, the download would prolong the session to the end that it knows.
    await until(async () => (await sessionOf(there)).session.endsAt === soon.toISOString())
    await expectCutOff(await startDownload(server, there))
  })
})

test('a download arrives whole, however slow its reader, while others are cut off', async () => {
  const [slow, gone] = [await newPerson(), await newPerson()]
  const [download, other] = [
    await startDownload(server, slow.there),
    await startDownload(server, gone.there),
  ]
  await caller.endOthers(gone.here)
  await expectCutOff(other)
  const { text, isWhole } = await download.readOn()
  expect(isWhole).toBe(true)
  const file = JSON.parse(text) as { events: { id: string; at: string; kind: string }[] }
  const ofTest = file.events.filter(({ kind }) => kind === KIND)
  expect(new Set(ofTest.map(({ id }) => id)).size).toBe(EVENTS)
  expect(ofTest).toHaveLength(EVENTS)
  const times = file.events.map(({ at }) => at)
  expect(times).toEqual([...times].sort())
})

/** What is compressed is about half as long: it takes twice as much to fill the system's hands. */
const TWICE = 2
describe.each(Object.entries({ br: brotliDecompressSync, gzip: gunzipSync }))(
  'a download that is compressed (%s)',
  (encoding, decompress) => {
    const headers = { 'Accept-Encoding': encoding, 'Sec-Fetch-Site': 'same-origin' }

    test('is cut off like any other', async () => {
      const { here, there } = await newPerson(TWICE)
      const download = await startDownload(server, there, headers)
      await caller.endOthers(here)
      await expectCutOff(download)
    })

    test('arrives whole', async () => {
      const { there } = await newPerson()
      const download = await startDownload(server, there, headers)
      const { text, isWhole } = await download.readOn()
      expect(isWhole).toBe(true)
      const file = decompress(Buffer.from(text, 'latin1')).toString()
      expect(text.length).toBeLessThan(file.length * 0.7)
      const { events } = JSON.parse(file) as { events: { kind: string }[] }
      expect(events.filter(({ kind }) => kind === KIND)).toHaveLength(EVENTS)
    })
  },
)

test('a request that ends its own session is answered whole', async () => {
  const { there } = await newPerson()
  const answer = await caller.post('/logout.data', {}, there)
  expect([answer.status, await answer.text()]).toEqual([202, expect.stringContaining('/login')])
})

async function expectCutOff(download: SlowReader) {
  const before = cutOffs
  await until(() => server.logs().split('an answer was cut off').length - 1 > before)
  cutOffs += 1
  const { text, isWhole } = await download.readOn()
  expect(isWhole).toBe(false)
  expect(text.length).toBeLessThan(ARRIVED)
}
let cutOffs = 0

/** @param histories of how many people's worth */
async function newPerson(histories = 1): Promise<Person> {
  const email = `${randomUUID()}@example.com`
  const there = await caller.signUp(email)
  const here = await caller.signIn(email)
  const { id } = (await sessionOf(there)).user
  await server.queryEach(
    `INSERT INTO "AuditEvent" ("id", "at", "kind", "subjectId", "details")
     SELECT ? || "id", "at", "kind", ?, "details" FROM "AuditEvent" WHERE "subjectId" = '${MODEL}'`,
    Array.from({ length: histories }, (_, index) => [`${id}-${index}-`, id]),
  )
  return { email, id, here, there }
}

async function sessionOf(secret: string) {
  const answer = await caller.page('/api/v1/session', secret)
  return (await answer.json()) as { user: { id: string }; session: { endsAt: string } }
}

function signInAgain(email: string, secret: string) {
  const browser = createVisitor(server.origin)
  browser.setSecret(secret)
  return browser.signIn(email)
}
