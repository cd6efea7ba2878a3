import { setTimeout as sleep } from 'node:timers/promises'
import {
  createApplicationVisitor,
  NAVIGATION,
  type ApplicationVisitor,
} from './application-visitor'
import { addApplication, letIn } from './applications'
import type { Entry } from './history'
import type { TestNode, TestNodes } from './nodes'
import { request } from './request'
import { createVisitor, type Visitor } from './visitor'

/** Between two looks at one application: endings are what the machine should be busy with. */
const PACE_MS = 5
/** How long it is looked at before the end, and after it. */
const LOOKED_AT_MS = 60
const PEOPLE_AT_ONCE = 3

/** The ways in which a sign-in at an application ends. */
export const ENDINGS = ['session', 'sign-in', 'membership', 'application', 'person'] as const
export type EndingKind = (typeof ENDINGS)[number]

export type ApplicationHistory = {
  /** In which the session of a sign-in and of a use is the sign-in at an application. */
  entries: Entry[]
  /** How many endings of each kind were answered as done. */
  done: Record<EndingKind, number>
}

/**
 * People who open applications and whose sign-ins there end in every way, while the proxies of all nodes
 * go on asking about their browsers.
 *
 * @param over is asked before each person comes
 */
export async function recordApplications(
  world: TestNodes,
  over: (history: ApplicationHistory) => boolean,
): Promise<ApplicationHistory> {
  const { entries, attempt } = createRecorder()
  const done = Object.fromEntries(ENDINGS.map((kind) => [kind, 0])) as ApplicationHistory['done']
  const history = { entries, done }
  const admins = await signInAdministrator(world)
  let rounds = 0

  async function comeAndGo(kind: EndingKind) {
    const entered = await enter(world)
    if (!entered) return
    const { visitor, session, ...about } = entered
    let isOver = false
    const looks = world.nodes.map(async (node) => {
      while (!isOver) {
        await use(node, visitor, session)
        await sleep(PACE_MS)
      }
    })
    await sleep(LOOKED_AT_MS)
    const by = pick(world.nodes)
    const result = await attempt({ kind: 'end', session }, async () =>
      outcome(await endingsOf(world, by, admins.get(by)!, about)[kind]()),
    )
    if (result === 'done') done[kind] += 1
    await sleep(LOOKED_AT_MS)
    isOver = true
    await Promise.all(looks)
    for (const node of world.nodes) await use(node, visitor, session)
  }

  /** Lets somebody new in, which goes through only where nothing happens to the node meanwhile. */
  async function enter({ query, queryValue, newEmail, nodes }: TestNodes) {
    const node = pick(nodes)
    const person = createVisitor(node.origin)
    const email = await newEmail()
    const application = await addApplication({ query }, { forEverybody: false })
    const answer = await person.signUp(email).catch(() => null)
    const userId = await queryValue<string>('SELECT "id" FROM "User" WHERE "email" = ?', email)
    const secret = person.secret()
    if (!answer || !userId || secret === undefined) return null
    await letIn({ query }, userId, application)
    const visitor = createApplicationVisitor(node, application, person)
    const session = `${userId} at ${application.id}`
    const result = await attempt({ kind: 'sign-in', user: userId, session }, async () =>
      (await visitor.signIn()).status === 303 && visitor.cookies.size > 0 ? 'done' : 'refused',
    )
    return result === 'done'
      ? { visitor, session, userId, secret, applicationId: application.id }
      : null
  }

  /** What a proxy that asks this node is told about a browser. */
  async function use(
    node: TestNode,
    { cookieHeader, application }: ApplicationVisitor,
    session: string,
  ) {
    const Cookie = cookieHeader()
    await attempt({ kind: 'use', session }, async () => {
      const { status } = await request(node, `/api/v1/auth-request/${application.id}`, {
        headers: {
          'X-Original-Method': 'GET',
          'X-Original-URL': `${application.address}/`,
          ...NAVIGATION,
          Cookie,
        },
      })
      return allowedBy(status)
    })
  }

  await Promise.all(
    Array.from({ length: PEOPLE_AT_ONCE }, async () => {
      while (!over(history)) await comeAndGo(ENDINGS[(rounds += 1) % ENDINGS.length]!)
    }),
  )
  return history
}

/** Writes down what was tried, when, and what came of it. */
export function createRecorder() {
  const entries: Entry[] = []

  async function attempt(what: object, work: () => Promise<'done' | 'refused'>) {
    const entry = { ...what, began: now(), ended: Infinity, result: 'unknown' } as Entry
    entries.push(entry)
    try {
      const result = await work()
      entry.ended = now()
      entry.result = result
    } catch {
      // Nobody knows whether it was done. Perhaps nobody is there, so there is no hurry.
      await sleep(PACE_MS)
    }
    return entry.result
  }

  return { entries, attempt }
}

/** An answer to a request at an application, or to the question about it. */
export function allowedBy(status: number): 'done' | 'refused' {
  if (![200, 401, 403].includes(status)) throw new Error(`Neither yes nor no: ${status}`)
  return status === 200 ? 'done' : 'refused'
}

type About = { applicationId: string; userId: string; secret: string }

/** Each at a node, by the pages there. */
function endingsOf(
  { queryValue }: TestNodes,
  node: TestNode,
  admin: Visitor,
  { applicationId, userId, secret }: About,
): Record<EndingKind, () => Promise<Response>> {
  const self = createVisitor(node.origin)
  self.setSecret(secret)
  return {
    session: () => self.submit('/logout'),
    async 'sign-in'() {
      const query = 'SELECT "id" FROM "ApplicationSession" WHERE "applicationId" = ?'
      const signInId = await queryValue<string>(query, applicationId)
      return self.confirm('/profile', { intent: 'sign-out-of-application', signInId: signInId! })
    },
    // The group has the id of the application that it opens.
    membership: () =>
      admin.confirm(`/admin/groups/${applicationId}`, { intent: 'remove-members', userId }),
    application: () => admin.confirm(`/admin/applications/${applicationId}/delete`),
    person: () => admin.confirm(`/admin/users/${userId}/delete`),
  }
}

/** An administrator, signed in at each node. */
async function signInAdministrator({ nodes, query, newEmail }: TestNodes) {
  const email = await newEmail()
  await createVisitor(nodes[0]!.origin).signUp(email)
  await query(`UPDATE "User" SET "role" = 'admin' WHERE "email" = ?`, email)
  const admins = new Map<TestNode, Visitor>()
  for (const node of nodes) {
    const admin = createVisitor(node.origin)
    await admin.signIn(email)
    admins.set(node, admin)
  }
  return admins
}

/** Whether a page says that it is done, or is the way on from it. */
export async function outcome(response: Response): Promise<'done' | 'refused'> {
  if ([200, 302, 303].includes(response.status)) return 'done'
  if (response.status === 503 && (await response.text()).includes('It is not known whether')) {
    throw new Error('It is not known')
  }
  if ([403, 404, 422, 429, 503].includes(response.status)) return 'refused'
  throw new Error(`Neither yes nor no: ${response.status}`)
}

/** Milliseconds on this process's monotonic clock. */
const now = () => Number(process.hrtime.bigint()) / 1e6

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!
