import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRecordAudit } from '~/accounts/audit/record'
import { createOneTimeLinks } from '~/accounts/one-time-links'
import { days, hours, minutes } from '~/accounts/time'
import type { Mail } from '~/accounts/mail'
import { createFakeClock } from '../../tests/support/fake-clock'
import { startMailServer, type MailServer } from '../../tests/support/mail-server'
import {
  addPerson,
  openServices,
  silentLog,
  type Person,
  type TestServices,
} from '../../tests/support/services'
import { until } from '../../tests/support/until'
import { createMailRoom, withCallbacks } from './mail-room'

const FROM = { name: 'Latchkey', address: 'latchkey@example.org' }

let server: MailServer
let app: TestServices
let ada: Person
const clock = createFakeClock()
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  server = await startMailServer()
  app = await openServices(clock)
  ada = await addPerson(app)
})
afterAll(() => server.close())

beforeEach(async () => {
  while (stops.length > 0) await stops.pop()!()
  server.behave({ type: 'takes' })
  server.mails.length = 0
  await app.database.client.outgoingMail.deleteMany()
})

/** One that sends to the server, as every node has it. */
function mailRoom() {
  const { host, port } = { host: '127.0.0.1', port: server.port }
  return createMailRoom({
    settings: { from: FROM, way: { host, port, secure: false, login: null } },
    database: withCallbacks(app.database),
    links: createOneTimeLinks({ clock }),
    record: createRecordAudit({ clock }),
    clock,
    site: { name: 'Latchkey', origin: 'https://accounts.example.org' },
    describeBrowser: () => 'a browser',
    placeOf: () => '',
    isFactorDemanded: () => false,
    log: silentLog,
  })
}

async function enqueue(mail: Mail, to: { userId: string } | { address: string } = ada) {
  const recipient = 'userId' in to ? { userId: to.userId } : { userId: null, ...to }
  await app.database.transaction((tx) => mailRoom().enqueueMail(tx, recipient, mail))
}

/** Lets so many nodes send until the test is over. */
function run(nodes = 1) {
  for (let node = 0; node < nodes; node += 1) stops.push(mailRoom().run())
}

const rows = () => app.database.client.outgoingMail.findMany({ orderBy: { id: 'asc' } })
const onlyRow = async () => (await rows())[0]!
const tried = (times: number) =>
  until(async () => {
    const { tries, claimedUntil } = await onlyRow()
    return tries === times && claimedUntil === null
  })

describe('a mail that the server does not take', () => {
  test.each([
    ['the recipient', 'recipient'],
    ['the content', 'content'],
  ] as const)('for good is given up, with what it said of %s', async (_, at) => {
    server.behave({ type: 'refuses', code: 550, at })
    await enqueue({ kind: 'password-changed' })
    run()
    await until(async () => (await onlyRow()).state === 'given_up')
    expect(await onlyRow()).toMatchObject({
      tries: 1,
      problem: expect.stringContaining('550') as string,
    })
  })

  test('for now is tried again after longer and longer pauses, and given up after a day', async () => {
    server.behave({ type: 'refuses', code: 451, at: 'recipient' })
    await enqueue({ kind: 'password-changed' })
    const began = clock.time()
    const pauses: number[] = []
    for (let times = 1; (await onlyRow()).state === 'waiting'; times += 1) {
      // One look each, since time stands still meanwhile.
      run()
      await until(async () => {
        const { tries, claimedUntil, state } = await onlyRow()
        return (tries === times && claimedUntil === null) || state === 'given_up'
      })
      await stops.pop()!()
      const { nextTryAt } = await onlyRow()
      const pause = nextTryAt.getTime() - clock.time()
      if (pause > 0) pauses.push(pause)
      clock.pass(Math.max(0, pause))
    }
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect(pauses[0]).toBe(minutes(1))
    expect(clock.time() - began).toBeGreaterThan(days(1) - hours(1))
    expect(clock.time() - began).toBeLessThan(days(1) + hours(1))
  })

  test('since the server is down waits, and goes out when that is back', async () => {
    const elsewhere = await startMailServer()
    await elsewhere.close()
    await enqueue({ kind: 'password-changed' })
    const { port } = server
    server = { ...server, port: elsewhere.port }
    run()
    await tried(1)
    expect(await onlyRow()).toMatchObject({ state: 'waiting' })
    server = { ...server, port }
    await stops.pop()!()
    clock.pass(minutes(2))
    run()
    await server.received(1)
  })

  test('is not waited for when the server hangs and the node ends; the next one sends it', async () => {
    server.behave({ type: 'hangs', at: 'greeting' })
    await enqueue({ kind: 'password-changed' })
    run()
    await until(async () => (await onlyRow()).claimedUntil !== null)
    await stops.pop()!()
    expect(await onlyRow()).toMatchObject({ state: 'waiting', tries: 0, claimedUntil: null })
    server.behave({ type: 'takes' })
    run()
    await server.received(1)
  })
})

describe('a mail on which the server hangs', () => {
  test('keeps no other one waiting', async () => {
    server.behave({ type: 'hangs', at: 'greeting' })
    const before = server.connections()
    await enqueue({ kind: 'password-changed' })
    run()
    await until(() => server.connections() > before)
    server.behave({ type: 'takes' })
    await enqueue({ kind: 'account-enabled' })
    const [mail] = await server.received(1)
    expect(mail!.subject).toBe('Your account at Latchkey was enabled')
  })
})

describe('a mail', () => {
  test('is sent once by three nodes, whoever comes first', async () => {
    for (let count = 0; count < 12; count += 1) await enqueue({ kind: 'password-changed' })
    run(3)
    await until(async () => (await rows()).every(({ state }) => state === 'sent'))
    expect(server.mails).toHaveLength(12)
    expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(12)
  })

  test('that another node has claimed is left to it until its time is over', async () => {
    await enqueue({ kind: 'password-changed' })
    const data = { claimedUntil: new Date(clock.time() + minutes(1)) }
    await app.database.client.outgoingMail.updateMany({ data })
    await enqueue({ kind: 'account-enabled' })
    run()
    await server.received(1)
    expect(server.mails.map(({ subject }) => subject)).toEqual([
      'Your account at Latchkey was enabled',
    ])
    await stops.pop()!()
    clock.pass(minutes(2))
    run()
    await server.received(2)
  })

  test('says that a machine wrote it, by an id made of its row, in text and HTML', async () => {
    await enqueue({ kind: 'password-changed' })
    run()
    const [mail] = await server.received(1)
    const { id } = await onlyRow()
    expect(mail).toMatchObject({
      messageId: `<${id}@accounts.example.org>`,
      sender: 'latchkey@example.org',
      recipients: [ada.email],
      text: expect.stringContaining('Your account has a new password.') as string,
      html: expect.stringContaining('Your account has a new password.') as string,
    })
    expect(mail!.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail!.raw.indexOf('text/plain')).toBeLessThan(mail!.raw.indexOf('text/html'))
  })

  test('goes with the account that it is about', async () => {
    const gone = await addPerson(app)
    await enqueue({ kind: 'password-changed' }, gone)
    await app.database.client.user.delete({ where: { id: gone.userId } })
    expect(await rows()).toEqual([])
  })

  test('is forgotten 30 days after it was sent, and not before', async () => {
    await enqueue({ kind: 'password-changed' })
    run()
    await until(async () => (await onlyRow()).state === 'sent')
    clock.pass(days(30) - minutes(1))
    await mailRoom().purge()
    expect(await rows()).toHaveLength(1)
    clock.pass(minutes(2))
    await mailRoom().purge()
    expect(await rows()).toEqual([])
  })
})

test('a mail to what is not one address is given up, and written to nobody', async () => {
  const before = server.tries()
  await enqueue(
    { kind: 'account-deleted', byAdministrator: false },
    { address: 'ada@example.com, eve@example.com' },
  )
  run()
  await until(async () => (await onlyRow()).state === 'given_up')
  expect(server.tries()).toBe(before)
})
