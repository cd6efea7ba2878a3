import { beforeAll, beforeEach, expect, test } from 'vitest'
import pino from 'pino'
import {
  addPerson,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { createRecordAudit } from '../audit/record'
import { giveUsernames } from './give-usernames'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  await app.database.client.user.deleteMany()
  await app.database.client.givenUsername.deleteMany()
  lines.length = 0
})

const lines: Record<string, unknown>[] = []
const log = pino({}, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) })
const give = () => giveUsernames({ ...app, record: createRecordAudit(app), log })

/** Somebody of a version that knew no usernames, as the migration left them. */
async function addWithout(email: string, { isEntered = true } = {}): Promise<Person> {
  const person = await addPerson(app)
  const { userId: id } = person
  const emailConfirmedAt = isEntered ? app.clock.now() : null
  const data = { email, username: id, emailConfirmedAt }
  await app.database.client.user.update({ where: { id }, data })
  await app.database.client.givenUsername.deleteMany({ where: { userId: id } })
  return { ...person, email }
}

const usernames = async () => {
  const rows = await app.database.client.user.findMany({ orderBy: { id: 'asc' } })
  return rows.map(({ username }) => username)
}
const given = () => app.database.client.auditEvent.findMany({ where: { kind: GIVEN } })
const GIVEN = 'user.username-given'

test('nobody who has a username is given another', async () => {
  const ada = await addPerson(app)
  await give()
  expect(await usernames()).toEqual([ada.first.acting.viewer.user.username])
  expect(lines).toEqual([])
})

test('everybody who has none is given one, and the log lists them', async () => {
  const ada = await addWithout('ada@example.com')
  await addWithout('ada@example.org')
  await addWithout('eve@example.com', { isEntered: false })
  await addWithout('admin@example.com')
  await give()
  expect(await usernames()).toEqual([
    'ada',
    'ada2',
    expect.stringMatching(/^eve-\d{4}$/),
    expect.stringMatching(/^admin-\d{4}$/),
  ])
  const listed = lines.map(({ email, username }) => [email, username])
  expect(listed.slice(0, 2)).toEqual([
    ['ada@example.com', 'ada'],
    ['ada@example.org', 'ada2'],
  ])
  expect(lines.at(-1)).toMatchObject({ count: 4 })
  const { events } = await app.searchAudit({ userId: ada.userId, kind: GIVEN, at: null })
  expect(events).toMatchObject([{ actor: null, details: { username: 'ada' } }])
})

test('what was given so is given to nobody else', async () => {
  const { userId } = await addWithout('ada@example.com')
  await give()
  await app.database.client.user.delete({ where: { id: userId } })
  await addWithout('ada@example.com')
  await give()
  expect(await usernames()).toEqual(['ada2'])
})

test('several nodes that start at once give everybody one, once, also to more than a batch', async () => {
  const add = await app.addPeople(PASSWORD)
  const createdAt = app.clock.now()
  const person = { name: 'Ada', role: 'user' as const, createdAt, disabledAt: null, sessions: [] }
  await add(Array.from({ length: 120 }, (_, n) => ({ ...person, email: `ada@host${n}.example` })))
  await app.query('UPDATE "User" SET "username" = "id"')
  await app.database.client.givenUsername.deleteMany()
  const before = (await given()).length
  await Promise.all([give(), give(), give()])
  const names = await usernames()
  expect(new Set(names).size).toBe(120)
  expect(names.slice(0, 2)).toEqual(['ada', 'ada2'])
  expect(names.filter((name) => !/^ada(\d|-\d+)?$/.test(name))).toEqual([])
  expect((await given()).length - before).toBe(120)
  expect(lines.filter(({ email }) => email)).toHaveLength(120)
})
