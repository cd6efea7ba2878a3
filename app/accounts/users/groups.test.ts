import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addApplication, signInAt } from '../../../tests/support/applications'
import { heardDuring } from '../../../tests/support/heard'
import {
  addAdministrator,
  addPerson,
  openServices,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { ATTEMPT_LIMITS } from '../attempt-limits'
import { OPERATOR } from './as-administrator'

let app: TestServices
let admin: Person
let ada: Person
let count = 0
let id: string
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  admin = await addAdministrator(app)
  ada = await addPerson(app)
  id = `group-${(count += 1)}`
  await app.groups.add(OPERATOR, { id, name: `Group ${count}` })
})

const everything = () =>
  Promise.all(
    ['Group', 'GroupMember', 'AuditEvent'].map((table) =>
      app.query(`SELECT * FROM "${table}" ORDER BY 1`),
    ),
  )
const members = async () => (await app.groups.members(id, null)).people.map((one) => one.id)

/** An application that only this group opens, with Ada in it and signed in there. */
async function openedToAda() {
  const wiki = await addApplication(app, { forEverybody: false })
  await app.query(
    'UPDATE "ApplicationGroup" SET "groupId" = ? WHERE "applicationId" = ?',
    ...[id, wiki.id],
  )
  await app.groups.changeMembers(OPERATOR, id, { add: [ada.userId] })
  const [signIn = ''] = await signInAt(app, { applicationId: wiki.id, userId: ada.userId })
  return { wiki, signIn }
}
const lost = (signIn: string) => ({
  type: 'application-sign-ins-ended',
  userId: ada.userId,
  applicationSessionIds: [signIn],
  reason: 'access-taken',
})

describe('groups are refused', () => {
  test('to an administrator who was demoted a moment ago, whatever is asked', async () => {
    const demoted = await addAdministrator(app)
    await app.administration.edit(admin.first.acting, { ...demoted, role: 'user' })
    const before = await everything()
    const { acting } = demoted.first
    const { groups } = app
    const asked = [
      () => groups.add(acting, { id: 'other', name: 'Other' }),
      () => groups.rename(acting, id, 'Other'),
      () => groups.changeMembers(acting, id, { add: [ada.userId] }),
      () => groups.setOfUser(acting, ada.userId, [id]),
      () => groups.remove(acting, id),
    ]
    for (const ask of asked) expect(await ask()).toEqual({ ok: false, code: 'NOT_ALLOWED' })
    expect(await everything()).toEqual(before)
  })

  test('under an id or a name that is taken, and under ids of nothing', async () => {
    const before = await everything()
    const { groups } = app
    const { acting } = admin.first
    const refused = (code: string) => ({ ok: false, code })
    expect(await groups.add(acting, { id, name: 'Other' })).toEqual(refused('ID_TAKEN'))
    const taken = { id: 'other', name: `Group ${count}` }
    expect(await groups.add(acting, taken)).toEqual(refused('NAME_TAKEN'))
    for (const nothing of ['nothing', '', "'"]) {
      const gone = refused('NO_SUCH_GROUP')
      expect(await groups.rename(acting, nothing, 'X')).toEqual(gone)
      expect(await groups.changeMembers(acting, nothing, { add: [ada.userId] })).toEqual(gone)
      expect(await groups.setOfUser(acting, ada.userId, [id, nothing])).toEqual(gone)
      expect(await groups.remove(acting, nothing)).toEqual(gone)
    }
    expect(await groups.setOfUser(acting, 'nobody', [id])).toEqual(refused('NO_SUCH_USER'))
    expect(await everything()).toEqual(before)
  })

  test('to who did too much, but never where people are only taken out', async () => {
    const { acting } = admin.first
    await app.groups.changeMembers(OPERATOR, id, { add: [ada.userId] })
    const attempt = { limit: 'administration', of: admin.userId } as const
    const key = await usedUp(() => app.groups.rename(acting, id, `Group ${count} again`), attempt)
    expect(key).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    const add = await app.groups.changeMembers(acting, id, { add: [admin.userId] })
    expect(add).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    const taken = await app.groups.changeMembers(acting, id, { remove: [ada.userId] })
    const none = await app.groups.setOfUser(acting, ada.userId, [])
    const removed = await app.groups.remove(acting, id)
    expect([taken, none, removed]).toEqual([{ ok: true }, { ok: true }, { ok: true }])
  })
})

describe('the members of a group', () => {
  test('come and go several at once; who is in already, out already or nobody is no error', async () => {
    const bob = await addPerson(app, 'Bob')
    const people = [ada.userId, bob.userId]
    await app.groups.changeMembers(admin.first.acting, id, { add: [...people, 'nobody'] })
    await app.groups.changeMembers(admin.first.acting, id, { add: people })
    expect(await members()).toEqual(people)
    await app.groups.changeMembers(OPERATOR, id, { remove: [ada.userId, 'nobody'] })
    await app.groups.changeMembers(OPERATOR, id, { remove: [ada.userId] })
    expect(await members()).toEqual([bob.userId])
    const events = await app.query(
      `SELECT "kind" FROM "AuditEvent" WHERE "kind" IN ('group.joined', 'group.left') AND "subjectId" = ?`,
      ada.userId,
    )
    expect(events).toHaveLength(2)
  })

  test('are listed by name, a page at a time, there and back', async () => {
    const people = []
    for (let one = 0; one < 53; one += 1) people.push(await addPerson(app, `P${100 + one}`))
    const ids = people.map(({ userId }) => userId)
    await app.groups.changeMembers(OPERATOR, id, { add: ids })
    const first = await app.groups.members(id, null)
    const second = await app.groups.members(id, first.older)
    const back = await app.groups.members(id, second.newer)
    const idsIn = (page: typeof first) => page.people.map((one) => one.id)
    expect([...idsIn(first), ...idsIn(second)]).toEqual(ids)
    expect(idsIn(back)).toEqual(idsIn(first))
    expect([first.newer, second.older, back.newer]).toEqual([null, null, null])
  })

  test('are told by e-mail address and username, and by nothing else', async () => {
    const user = await app.findUser(ada.userId)
    for (const text of [ada.email, ` ${ada.email.toUpperCase()}`, user!.username]) {
      expect((await app.groups.called(text))?.id).toBe(ada.userId)
    }
    for (const text of ['', 'nobody', 'Ada Lovelace', '\0', ada.userId]) {
      expect(await app.groups.called(text)).toBeNull()
    }
  })
})

describe('whoever loses an application with a group is signed out of it', () => {
  test('when they are taken out', async () => {
    const { signIn } = await openedToAda()
    const told = await heardDuring(app, () =>
      app.groups.changeMembers(admin.first.acting, id, { remove: [ada.userId] }),
    )
    expect(told).toContainEqual(lost(signIn))
  })

  test('when their groups are set without it', async () => {
    const { signIn } = await openedToAda()
    const told = await heardDuring(app, () =>
      app.groups.setOfUser(admin.first.acting, ada.userId, []),
    )
    expect(told).toContainEqual(lost(signIn))
  })

  test('when the group is removed', async () => {
    const { signIn } = await openedToAda()
    const told = await heardDuring(app, () => app.groups.remove(admin.first.acting, id))
    expect(told).toContainEqual(lost(signIn))
    expect(await app.groups.find(id)).toBeNull()
  })

  test('but not while another group opens it', async () => {
    const { wiki } = await openedToAda()
    await app.groups.changeMembers(OPERATOR, wiki.id, { add: [ada.userId] })
    await app.query(
      'INSERT INTO "ApplicationGroup" ("id", "applicationId", "groupId") VALUES (?, ?, ?)',
      ...[`link-${id}`, wiki.id, wiki.id],
    )
    await app.groups.remove(admin.first.acting, id)
    expect((await app.applicationSignIns.at(wiki.id)).map((one) => one.user.id)).toEqual([
      ada.userId,
    ])
  })
})

/** Does it until it is refused, after using up all but one of what the limit allows. */
async function usedUp(
  again: () => Promise<unknown>,
  attempt: { limit: keyof typeof ATTEMPT_LIMITS; of: string },
): Promise<unknown> {
  const { attempts } = ATTEMPT_LIMITS[attempt.limit]
  await app.query('UPDATE "AttemptCounter" SET "points" = 0')
  await again()
  await app.query('UPDATE "AttemptCounter" SET "points" = ? WHERE "points" > 0', attempts)
  return again()
}
