import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signInAt } from '../../tests/support/applications'
import { heardDuring } from '../../tests/support/heard'
import {
  addAdministrator,
  addPerson,
  addSession,
  openServices,
  type Person,
  type TestServices,
} from '../../tests/support/services'
import { OPERATOR } from '../accounts/users/as-administrator'
import { addApplicationSchema, type ApplicationFields } from './schemas'

let app: TestServices
let admin: Person
let count = 0
let id: string
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  admin = await addAdministrator(app)
  id = `wiki-${(count += 1)}`
})

const NOTHING = 'nothing'

/** As a form would send it. */
function fields(more: Record<string, unknown> = {}): ApplicationFields {
  const address = `https://${id}.example.org`
  const typed = { id, name: 'Wiki', address, access: 'everybody', group: [], ...more }
  const { id: _, ...parsed } = addApplicationSchema.parse(typed)
  return parsed
}

const add = (more: Record<string, unknown> = {}) =>
  app.applications.add(admin.first.acting, id, fields(more))
const edit = (more: Record<string, unknown> = {}) =>
  app.applications.edit(admin.first.acting, id, fields(more))

async function addGroup(...members: Person[]): Promise<string> {
  const group = `group-${id}`
  await app.groups.add(OPERATOR, { id: group, name: group })
  await app.groups.changeMembers(OPERATOR, group, { add: members.map(({ userId }) => userId) })
  return group
}

const everything = () =>
  Promise.all(
    ['Application', 'ApplicationGroup', 'UsedApplicationId', 'AuditEvent', 'ApplicationCookie'].map(
      (table) => app.query(`SELECT * FROM "${table}" ORDER BY 1`),
    ),
  )
const signInsOf = async (userId: string) =>
  app.query<{ id: string }>('SELECT "id" FROM "ApplicationSession" WHERE "userId" = ?', userId)
const cookies = (signInId: string) =>
  app.queryValue<number>(
    'SELECT count(*) FROM "ApplicationCookie" WHERE "applicationSessionId" = ?',
    signInId,
  )

describe('an administrator who was demoted a moment ago', () => {
  test('adds, changes, removes and ends nothing', async () => {
    await add()
    const demoted = await addAdministrator(app)
    const { acting } = demoted.first
    await app.administration.edit(admin.first.acting, { ...demoted, role: 'user' })
    const before = await everything()
    const refused = { ok: false, code: 'NOT_ALLOWED' }
    const { applications, applicationSignIns } = app
    const other = fields({ address: 'https://other.example.org' })
    expect(await applications.add(acting, `${id}-b`, other)).toEqual(refused)
    expect(await applications.edit(acting, id, fields())).toEqual(refused)
    expect(await applications.remove(acting, id)).toEqual(refused)
    expect(await applicationSignIns.endAt(acting, id)).toEqual(refused)
    expect(await applicationSignIns.endAt(acting, id, ['x'])).toEqual(refused)
    expect(await everything()).toEqual(before)
  })
})

describe('an application', () => {
  test('is refused with the host of another, of the account site, over plain http, and for no group', async () => {
    await add()
    const before = await everything()
    const other = (more: Record<string, unknown>) =>
      app.applications.add(admin.first.acting, `${id}-b`, fields(more))
    const port = { address: `https://${id}.example.org:8443` }
    expect(await other(port)).toMatchObject({ code: 'HOST_TAKEN' })
    const own = { address: 'https://localhost:9000' }
    expect(await other(own)).toMatchObject({ code: 'IS_ACCOUNT_SITE' })
    const plain = { address: 'http://plain.example.org' }
    expect(await other(plain)).toMatchObject({ code: 'PLAIN_HTTP' })
    const ghosts = { address: 'https://ghosts.example.org', access: 'groups', group: [NOTHING] }
    expect(await other(ghosts)).toMatchObject({ code: 'NO_SUCH_GROUP' })
    expect(await everything()).toEqual(before)
  })

  test('that is not there is neither changed nor removed', async () => {
    const refused = { ok: false, code: 'NO_SUCH_APPLICATION' }
    expect(await edit()).toEqual(refused)
    expect(await app.applications.remove(admin.first.acting, id)).toEqual(refused)
  })

  test('never gets the id of one that was removed', async () => {
    await add()
    await app.applications.remove(OPERATOR, id)
    expect(await add()).toEqual({ ok: false, code: 'ID_TAKEN' })
  })

  test('may be on plain http at this machine', async () => {
    expect(await add({ address: `http://127.0.0.${count}:8080` })).toMatchObject({ ok: true })
  })

  test('is open to everybody, or to the members of its groups, or to nobody', async () => {
    const [inside, outside] = [await addPerson(app), await addPerson(app)]
    const group = await addGroup(inside)
    const openTo = async () =>
      Promise.all(
        [inside, outside].map(async ({ userId }) =>
          (await app.applications.openTo(userId)).some((one) => one.id === id),
        ),
      )
    await add()
    expect(await openTo()).toEqual([true, true])
    await edit({ access: 'groups', group: [group] })
    expect(await openTo()).toEqual([true, false])
    await edit({ access: 'groups' })
    expect(await openTo()).toEqual([false, false])
  })

  test('signs out whoever may no longer use it, says so to them, and leaves the others', async () => {
    const [inside, outside] = [await addPerson(app), await addPerson(app)]
    const group = await addGroup(inside)
    await add()
    for (const { userId } of [inside, outside]) await signInAt(app, { applicationId: id, userId })
    const [gone] = await signInsOf(outside.userId)
    const told = await heardDuring(app, () => edit({ access: 'groups', group: [group] }))
    expect(told).toContainEqual({
      type: 'application-sign-ins-ended',
      userId: outside.userId,
      applicationSessionIds: [gone!.id],
      reason: 'access-taken',
    })
    expect(await signInsOf(outside.userId)).toEqual([])
    expect(await signInsOf(inside.userId)).toHaveLength(1)
  })

  test('signs out everybody when it moves to another host, and nobody when only its port changes', async () => {
    const { userId } = await addPerson(app)
    await add()
    await signInAt(app, { applicationId: id, userId })
    await edit({ address: `https://${id}.example.org:8443` })
    expect(await signInsOf(userId)).toHaveLength(1)
    await edit({ address: `https://moved-${id}.example.org` })
    expect(await signInsOf(userId)).toEqual([])
  })

  test('takes its sign-ins along when it is removed, and counts those that were signed in', async () => {
    const person = await addPerson(app)
    await add()
    await signInAt(app, { applicationId: id, userId: person.userId })
    await app.applicationSignIns.endAt(OPERATOR, id)
    await addSession(app, person)
    await signInAt(app, { applicationId: id, userId: person.userId })
    expect(await app.applications.preview(id)).toEqual({ signIns: 1, tokens: 0 })
    const removed = await app.applications.remove(admin.first.acting, id)
    expect(removed).toMatchObject({ ok: true, went: { signIns: 1, tokens: 0 } })
    expect(await signInsOf(person.userId)).toEqual([])
  })
})

describe('the sign-ins at an application', () => {
  test('are ended one or all, which leaves the sessions and remembers to ask', async () => {
    const person = await addPerson(app)
    await addSession(app, person)
    await addSession(app, person)
    await add()
    const [one = '', two = '', three = ''] = await signInAt(app, {
      applicationId: id,
      userId: person.userId,
    })
    const { applicationSignIns } = app
    expect((await applicationSignIns.counts()).get(id)).toBe(3)
    expect(await applicationSignIns.endAt(admin.first.acting, id, [one])).toMatchObject({
      count: 1,
    })
    expect((await applicationSignIns.at(id)).map((row) => row.id).sort()).toEqual(
      [two, three].sort(),
    )
    expect(await applicationSignIns.endAt(admin.first.acting, id)).toMatchObject({ count: 2 })
    expect(await applicationSignIns.endAt(admin.first.acting, id)).toMatchObject({ count: 0 })
    expect(await Promise.all([one, two, three].map(cookies))).toEqual([0, 0, 0])
    expect(await signInsOf(person.userId)).toHaveLength(3)
    expect((await applicationSignIns.counts()).get(id)).toBeUndefined()
    expect(await app.sessions.list({ userId: person.userId })).toHaveLength(3)
  })

  test('are ended by an empty list for nobody, and by the id of another application for nobody', async () => {
    const { userId } = await addPerson(app)
    await add()
    const [signIn = ''] = await signInAt(app, { applicationId: id, userId })
    const { applicationSignIns } = app
    expect(await applicationSignIns.endAt(OPERATOR, id, [])).toMatchObject({ count: 0 })
    expect(await applicationSignIns.endAt(OPERATOR, NOTHING, [signIn])).toMatchObject({ count: 0 })
    expect(await applicationSignIns.endAt(OPERATOR, NOTHING)).toMatchObject({ count: 0 })
    expect(await cookies(signIn)).toBe(1)
  })
})
