import type { Client, Database } from '~/database/types'
import { cursorFromText, cutPage } from '../page-cursor'
import { emailOrUsernameSchema } from './schemas'
import { whoIs } from './usernames'

export const MEMBERS_PER_PAGE = 50

/** What there is to know about groups. */
export function createReadGroups({ database }: { database: Database }) {
  const { client } = database

  /** Every group by name, with how many people and which applications it has. */
  async function list() {
    const rows = await client.group.findMany({ orderBy: { name: 'asc' }, include: COUNTED })
    return rows.map(toListed)
  }

  async function find(id: string) {
    const row = await client.group.findUnique({ where: { id }, include: COUNTED })
    return row && toListed(row)
  }

  /** Those that a person is in. */
  function ofUser(userId: string): Promise<{ id: string; name: string }[]> {
    return client.group.findMany({
      where: { members: { some: { userId } } },
      orderBy: { name: 'asc' },
      select: { id: true, name: true },
    })
  }

  /** Every group, and whether a person is in it. */
  async function allWithUser(userId: string) {
    const [all, own] = await Promise.all([list(), ofUser(userId)])
    return all.map(({ id, name, applications }) => ({
      ...{ id, name, applications },
      isMember: own.some((one) => one.id === id),
    }))
  }

  /** The people in a group by name, a page at a time. `at` is where it begins, as its neighbour said. */
  async function members(groupId: string, at: string | null) {
    const cursor = cursorFromText(at)
    const direction = cursor?.direction === 'before' ? ('desc' as const) : ('asc' as const)
    const beyond = direction === 'asc' ? 'gt' : 'lt'
    const read = await client.user.findMany({
      where: {
        groups: { some: { groupId } },
        ...(cursor && {
          OR: [
            { nameKey: { [beyond]: cursor.value } },
            { nameKey: cursor.value, id: { [beyond]: cursor.id } },
          ],
        }),
      },
      orderBy: [{ nameKey: direction }, { id: direction }],
      take: MEMBERS_PER_PAGE + 1,
      select: { id: true, name: true, nameKey: true, email: true },
    })
    const valueOf = ({ nameKey }: (typeof read)[number]) => nameKey
    const { rows, ...pages } = cutPage(read, { size: MEMBERS_PER_PAGE, cursor, valueOf })
    return { people: rows.map(({ nameKey: _, ...person }) => person), ...pages }
  }

  /** Those of these people who are in the group. */
  function membersAmong(groupId: string, userIds: readonly string[]) {
    return client.user.findMany({
      where: { id: { in: [...userIds] }, groups: { some: { groupId } } },
      orderBy: { nameKey: 'asc' },
      select: { id: true, name: true, email: true },
    })
  }

  return {
    list,
    find,
    ofUser,
    allWithUser,
    members,
    membersAmong,
    called: (text: string) => called(client, text),
  }
}

/** Whoever has this e-mail address or username. */
async function called(client: Client, text: string): Promise<{ id: string; name: string } | null> {
  const parsed = emailOrUsernameSchema.safeParse(text)
  if (!parsed.success) return null
  return client.user.findUnique({
    where: whoIs(parsed.data),
    select: { id: true, name: true },
  })
}

const COUNTED = {
  _count: { select: { members: true } },
  applications: { select: { application: { select: { id: true, name: true } } } },
} as const

type Counted = {
  _count: { members: number }
  applications: { application: { id: string; name: string } }[]
}

const toListed = <Row extends Counted>({ _count, applications, ...group }: Row) => ({
  ...group,
  members: _count.members,
  applications: applications
    .map(({ application }) => application)
    .sort((a, b) => a.name.localeCompare(b.name)),
})
