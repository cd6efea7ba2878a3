import { beforeEach, describe, expect, test } from 'vitest'
import { openAndHear } from './fixtures'

let database: Awaited<ReturnType<typeof openAndHear>>
beforeEach(async () => {
  database = await openAndHear()
  for (const id of ['wiki', 'files']) {
    await sql(`INSERT INTO "Application" VALUES
      ('${id}', '${id}', 'https://${id}.x.org', '${id}.x.org', false, '', '', false, NULL, now())`)
  }
  await sql(`INSERT INTO "Group" VALUES ('staff', 'Staff', now())`)
  await sql(`INSERT INTO "GroupMember" VALUES ('m', 'staff', 'ada')`)
  await sql(`INSERT INTO "ApplicationGroup" VALUES ('g', 'wiki', 'staff')`)
})

const sql = (text: string) => database.sql(text)

const WIKI = { type: 'application-changed', applicationId: 'wiki' }
const FILES = { type: 'application-changed', applicationId: 'files' }
const STAFF = { type: 'group-changed', groupId: 'staff' }
const ADA = { type: 'user-changed', userId: 'ada' }
const BOB = { type: 'user-changed', userId: 'bob' }
const PROGRAM = { type: 'tokens-ended', userId: 'ada', tokenIds: ['program'] }

describe('whatever changes who may use an application is said', () => {
  test.each([
    ['an application', `UPDATE "Application" SET "publicPaths" = '/x' WHERE "id" = 'wiki'`, [WIKI]],
    [
      'a group that opens it',
      `INSERT INTO "ApplicationGroup" VALUES ('h', 'files', 'staff')`,
      [FILES],
    ],
    ['a group that opens it no more', `DELETE FROM "ApplicationGroup"`, [WIKI]],
    [
      'a group that opens another',
      `UPDATE "ApplicationGroup" SET "applicationId" = 'files'`,
      [WIKI, FILES],
    ],
    ['the name of a group', `UPDATE "Group" SET "name" = 'Team'`, [STAFF]],
    ['who came into a group', `INSERT INTO "GroupMember" VALUES ('n', 'staff', 'bob')`, [BOB]],
    ['who went out of a group', `DELETE FROM "GroupMember"`, [ADA]],
    ['who came in place of whom', `UPDATE "GroupMember" SET "userId" = 'bob'`, [ADA, BOB]],
    [
      'what a token is for',
      `UPDATE "ApiToken" SET "applicationId" = 'wiki' WHERE "id" = 'program'`,
      [PROGRAM],
    ],
  ])('%s', async (_, statement, said) => {
    expect(await database.hear(() => sql(statement))).toEqual(said)
  })

  test('a group that is gone: of itself, its members and its applications', async () => {
    const said = await database.hear(() => sql(`DELETE FROM "Group"`))
    expect(said).toHaveLength(3)
    expect(said).toEqual(expect.arrayContaining([STAFF, ADA, WIKI]))
  })
})
