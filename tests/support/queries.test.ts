import { beforeAll, expect, test } from 'vitest'
import { addPerson, openServices, type Person, type TestServices } from './services'

let app: TestServices
let ada: Person
beforeAll(async () => {
  app = await openServices()
  ada = await addPerson(app)
})

test('a statement for several lists of values is done for all of them or for none', async () => {
  const rename = 'UPDATE "User" SET "name" = ?, "role" = ? WHERE "id" = ?'
  const wrong = [
    ['Grace', 'user', ada.userId],
    ['Grace', null, ada.userId],
  ]
  await expect(app.queryEach(rename, wrong)).rejects.toThrow()
  expect(await app.queryValue('SELECT "name" FROM "User" WHERE "id" = ?', ada.userId)).toBe('Ada')
})

test('a moment is the same Date inside and outside, to the millisecond', async () => {
  const at = new Date('2030-02-03T04:05:06.789Z')
  const where = '"Session" WHERE "id" = ?'
  await app.query('UPDATE "Session" SET "lastSeenAt" = ? WHERE "id" = ?', at, ada.first.id)
  const [row] = await app.query(`SELECT "lastSeenAt", "createdAt" FROM ${where}`, ada.first.id)
  const inside = await app.database.client.session.findUnique({ where: { id: ada.first.id } })
  expect(row).toEqual({ lastSeenAt: at, createdAt: inside!.createdAt })
  expect(inside!.lastSeenAt).toEqual(at)
  expect(
    await app.query(`SELECT "id" FROM ${where} AND "lastSeenAt" = ?`, ada.first.id, at),
  ).toEqual([{ id: ada.first.id }])
})

test('bytes are bytes, and a count is a number', async () => {
  const bytes = Buffer.from([0, 1, 254, 255])
  await app.query('UPDATE "Session" SET "formKey" = ? WHERE "id" = ?', bytes, ada.first.id)
  const sql = 'SELECT "formKey", (SELECT count(*) FROM "Password") AS "count" FROM "Session"'
  expect(await app.query(sql)).toEqual([{ formKey: bytes, count: 1 }])
})

test('a question mark inside quotes stands for itself', async () => {
  const sql = `SELECT "id", 'why?' AS "what?" FROM "User" WHERE "id" = ?`
  expect(await app.query(sql, ada.userId)).toEqual([{ id: ada.userId, 'what?': 'why?' }])
})

test('what is deleted can be returned, and what is not there is undefined', async () => {
  const deletion = 'DELETE FROM "Session" WHERE "id" = ? RETURNING "id"'
  expect(await app.queryValue(deletion, ada.first.id)).toBe(ada.first.id)
  expect(await app.queryValue(deletion, ada.first.id)).toBeUndefined()
})
