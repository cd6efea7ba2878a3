import { isUniqueViolation } from '~/database/errors'
import type { Database, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { Announce, Revocations } from '../revocations'
import { newId } from '../row-id'
import type { Clock } from '../time'
import {
  createAsAdministrator,
  OPERATOR,
  writtenBy,
  type AdministratorOrOperator,
  type AdminRefusal,
} from './as-administrator'
import { createReadGroups } from './read-groups'

export type GroupRefusal =
  | { ok: false; code: 'NO_SUCH_GROUP' }
  | { ok: false; code: 'ID_TAKEN' }
  | { ok: false; code: 'NAME_TAKEN' }
type Result = { ok: true } | GroupRefusal | AdminRefusal | TooManyAttempts

/** Called when people may use less than before, in that transaction; see applications/access.ts. */
type EndLostAccess = (
  tx: Transaction,
  announce: Announce,
  affected: { userIds: readonly string[] } | { applicationId: string },
) => Promise<void>

/** Groups of people, by which applications are opened to some and not to others. */
export function createGroups(deps: {
  database: Database
  revocations: Revocations
  endLostAccess: EndLostAccess
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
}) {
  const { endLostAccess, limits, record, clock } = deps
  const { asAdministrator } = createAsAdministrator(deps)

  function add(by: AdministratorOrOperator, { id, name }: { id: string; name: string }) {
    return change(by, async ({ tx }) => {
      if (await tx.group.findUnique({ where: { id } })) return refuse('ID_TAKEN')
      await tx.group.create({ data: { id, name, createdAt: clock.now() } })
      await record(tx, { ...writtenBy(by, null), kind: 'group.added', details: { id, name } })
      return done
    })
  }

  function rename(by: AdministratorOrOperator, id: string, name: string) {
    return change(by, async ({ tx, announce }) => {
      const group = await tx.group.findUnique({ where: { id } })
      if (!group) return goneBefore(announce)
      if (group.name !== name) {
        await tx.group.update({ where: { id }, data: { name } })
        const details = { id, from: group.name, to: name }
        await record(tx, { ...writtenBy(by, null), kind: 'group.renamed', details })
      }
      announce({ type: 'group-changed', groupId: id })
      return done
    })
  }

  /** Puts people into a group and takes others out of it. Whoever is there already, or gone, is no error. */
  function changeMembers(
    by: AdministratorOrOperator,
    id: string,
    { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
  ) {
    const userIds = [...new Set([...add, ...remove])]
    return change(
      by,
      async ({ tx, announce }) => {
        const group = await tx.group.findUnique({
          where: { id },
          include: { members: { where: { userId: { in: userIds } } } },
        })
        if (!group) return goneBefore(announce)
        const members = new Set(group.members.map(({ userId }) => userId))
        const people = await tx.user.findMany({
          where: { id: { in: userIds } },
          select: { id: true, name: true },
        })
        const joining = people.filter((one) => add.includes(one.id) && !members.has(one.id))
        const leaving = people.filter((one) => remove.includes(one.id) && members.has(one.id))
        await tx.groupMember.createMany({
          data: joining.map((one) => ({ id: newId(), groupId: id, userId: one.id })),
        })
        await tx.groupMember.deleteMany({
          where: { groupId: id, userId: { in: leaving.map((one) => one.id) } },
        })
        for (const subject of [...joining, ...leaving]) {
          announce({ type: 'user-changed', userId: subject.id })
          const kind = joining.includes(subject) ? 'group.joined' : 'group.left'
          const details = { group: group.name, id }
          await record(tx, { ...writtenBy(by, subject), kind, details })
        }
        await endLostAccess(tx, announce, { userIds: leaving.map((one) => one.id) })
        if (joining.length + leaving.length === 0) announce({ type: 'already-gone' })
        return done
      },
      { userIds, isCounted: add.length > 0 },
    )
  }

  /** Makes these, and no others, the groups of a person. */
  function setOfUser(by: AdministratorOrOperator, userId: string, groupIds: readonly string[]) {
    return change(
      by,
      async ({ tx, announce }) => {
        const subject = await tx.user.findUnique({
          where: { id: userId },
          select: { id: true, name: true, groups: { select: { group: true } } },
        })
        if (!subject) {
          announce({ type: 'already-gone' })
          return { ok: false as const, code: 'NO_SUCH_USER' as const }
        }
        const wanted = await tx.group.findMany({ where: { id: { in: [...groupIds] } } })
        if (wanted.length < new Set(groupIds).size) return refuse('NO_SUCH_GROUP')
        const had = subject.groups.map(({ group }) => group)
        const joined = wanted.filter(({ id }) => !had.some((one) => one.id === id))
        const left = had.filter(({ id }) => !wanted.some((one) => one.id === id))
        await tx.groupMember.createMany({
          data: joined.map(({ id: groupId }) => ({ id: newId(), groupId, userId })),
        })
        await tx.groupMember.deleteMany({
          where: { userId, groupId: { in: left.map(({ id }) => id) } },
        })
        for (const { id, name } of [...joined, ...left]) {
          const kind = joined.some((one) => one.id === id) ? 'group.joined' : 'group.left'
          await record(tx, { ...writtenBy(by, subject), kind, details: { group: name, id } })
        }
        await endLostAccess(tx, announce, { userIds: [userId] })
        announce({ type: 'user-changed', userId })
        return done
      },
      { userIds: [userId], isCounted: groupIds.length > 0 },
    )
  }

  function remove(by: AdministratorOrOperator, id: string) {
    const work: Work = async ({ tx, announce }) => {
      const include = { members: true, applications: true }
      const group = await tx.group.findUnique({ where: { id }, include })
      if (!group) return goneBefore(announce)
      const userIds = group.members.map(({ userId }) => userId)
      await tx.group.delete({ where: { id } })
      const details = { id, name: group.name, members: userIds.length }
      await record(tx, { ...writtenBy(by, null), kind: 'group.removed', details })
      for (const userId of userIds) announce({ type: 'user-changed', userId })
      announce({ type: 'group-changed', groupId: id })
      for (const { applicationId } of group.applications) {
        await endLostAccess(tx, announce, { applicationId })
      }
      return done
    }
    return change(by, work, { isCounted: false })
  }

  type Work = Parameters<typeof asAdministrator<Result>>[1]

  /** What only takes people out of groups has no limit. */
  async function change(
    by: AdministratorOrOperator,
    work: Work,
    { userIds = [], isCounted = true }: { userIds?: readonly string[]; isCounted?: boolean } = {},
  ): Promise<Result> {
    const run = async () => {
      try {
        return (await asAdministrator(by, work, userIds)).value
      } catch (error) {
        if (isUniqueViolation(error, 'name')) return refuse('NAME_TAKEN')
        throw error
      }
    }
    if (by === OPERATOR || !('viewer' in by) || !isCounted) return run()
    return limits.within({ limit: 'administration', of: by.viewer.user.id }, run)
  }

  return { ...createReadGroups(deps), add, rename, changeMembers, setOfUser, remove }
}

export type Groups = ReturnType<typeof createGroups>

const done = { ok: true as const }
const refuse = <Code extends string>(code: Code) => ({ ok: false as const, code })

/** To say that it is gone is as final as to have removed it. */
function goneBefore(announce: Announce) {
  announce({ type: 'already-gone' })
  return refuse('NO_SUCH_GROUP')
}
