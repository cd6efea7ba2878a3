import { describe, expect, it, test } from 'vitest'
import { isDatabaseBusy } from '../errors'
import type { Database, Transaction } from '../database'
import { openTemporary, someUser } from './fixtures'

const NOON = new Date('2026-11-23T12:00:00Z')
const at = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000)

describe('nothing is found', () => {
  it('of an address or an id that nobody has', async () => {
    const { signIns, transaction } = await openWithAda()
    expect(await signIns.findByEmail('bob@example.com')).toBeNull()
    expect(await transaction((tx) => signIns.findById(tx, 'bob'))).toBeNull()
  })

  it('through a transaction of another database', async () => {
    const [{ signIns }, another] = [await openWithAda(), await openTemporary()]
    const mistaken = another.transaction((tx) => signIns.findById(tx, 'ada'))
    await expect(mistaken).rejects.toThrow('no transaction of this database')
  })

  it('through a transaction that is over', async () => {
    const { signIns, transaction } = await openWithAda()
    let over!: Transaction
    await transaction(async (tx) => void (over = tx))
    await expect(signIns.noteActive(over, 'ada', NOON)).rejects.toSatisfy(isDatabaseBusy)
  })
})

test('a user without a password has no hash, and a disabled one is said to be', async () => {
  const { client, signIns, transaction } = await openWithAda()
  const ada = { id: 'ada', name: 'ada', disabled: false, hash: null }
  expect(await signIns.findByEmail('ada@example.com')).toEqual(ada)

  await client.password.create({ data: { userId: 'ada', hash: 'h', changedAt: NOON } })
  await client.user.update({ where: { id: 'ada' }, data: { disabledAt: NOON } })
  const disabled = { ...ada, disabled: true, hash: 'h' }
  expect(await signIns.findByEmail('ada@example.com')).toEqual(disabled)
  expect(await transaction((tx) => signIns.findById(tx, 'ada'))).toEqual(disabled)
})

test('a transaction sees what it has written, and nobody else does yet', async () => {
  const { signIns, transaction } = await openWithAda()
  await transaction(async (tx) => {
    await tx.password.create({ data: { userId: 'ada', hash: 'new', changedAt: NOON } })
    expect((await signIns.findById(tx, 'ada'))?.hash).toBe('new')
    expect((await signIns.findByEmail('ada@example.com'))?.hash).toBeNull()
  })
})

test('addresses are those of one kind of event about one user, the latest first, and so many', async () => {
  const { client, signIns } = await openWithAda()
  const event = (id: string, minutes: number, more = {}) => ({
    id,
    kind: 'session.started',
    subjectId: 'ada',
    at: at(minutes),
    ip: id,
    details: '{}',
    ...more,
  })
  await client.auditEvent.createMany({
    data: [
      event('too long ago', 0),
      event('first', 1),
      event('second', 2, { ip: null }),
      event('third', 3),
      event('of another kind', 4, { kind: 'session.refused' }),
      event('of somebody else', 5, { subjectId: 'bob' }),
    ],
  })
  const which = { kind: 'session.started', since: NOON, limit: 10 }
  expect(await signIns.addressesOf('ada', which)).toEqual(['third', null, 'first'])
  expect(await signIns.addressesOf('ada', { ...which, limit: 1 })).toEqual(['third'])
})

test('sessions beyond so many are the least recently active, and none that has expired', async () => {
  const { client, signIns, transaction } = await openWithAda()
  await client.user.create({ data: someUser('bob') })
  const session = (id: string, lastSeen: number, { expires = 9, userId = 'ada' } = {}) => ({
    id,
    userId,
    tokenHash: Buffer.from(id),
    createdAt: NOON,
    lastSeenAt: at(lastSeen),
    expiresAt: at(expires),
    endsAt: at(9),
    ip: '',
    userAgent: '',
  })
  await client.session.createMany({
    data: [
      session('oldest', 1),
      session('newest', 4),
      session('b of two', 2),
      session('c of two', 2),
      session('expired', 3, { expires: 5 }),
      session('of somebody else', 1, { userId: 'bob' }),
    ],
  })
  const beyond = (kept: number) =>
    transaction((tx) => signIns.sessionsBeyond(tx, 'ada', { now: at(5), kept }))
  expect(await beyond(1)).toEqual(['c of two', 'b of two', 'oldest'])
  expect(await beyond(3)).toEqual(['oldest'])
  expect(await beyond(4)).toEqual([])
})

test('when a user was active is stored as the typed client stores it', async () => {
  const { client, signIns, transaction } = await openWithAda()
  const stored = () => client.$queryRaw`SELECT "lastActiveAt" AS "at" FROM "User"`
  await client.user.update({ where: { id: 'ada' }, data: { lastActiveAt: at(7) } })
  const byTypedClient = await stored()
  await transaction((tx) => signIns.noteActive(tx, 'ada', NOON))
  expect(await stored()).not.toEqual(byTypedClient)
  await transaction((tx) => signIns.noteActive(tx, 'ada', at(7)))
  expect(await stored()).toEqual(byTypedClient)
})

async function openWithAda(): Promise<Database> {
  const database = await openTemporary()
  await database.client.user.create({ data: someUser('ada') })
  return database
}
