import { sqltag as sql } from '@prisma/client/runtime/client'
import { isUniqueViolation } from '~/database/errors'
import type { Database, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '~/accounts/attempt-limits'
import type { RecordAudit } from '~/accounts/audit/record'
import type { Announce, Receipt, Revocations } from '~/accounts/revocations'
import { newId } from '~/accounts/row-id'
import type { Clock } from '~/accounts/time'
import {
  createAsAdministrator,
  OPERATOR,
  writtenBy,
  type AdministratorOrOperator,
  type AdminRefusal,
} from '~/accounts/users/as-administrator'
import { announceEnded, mayUse, type EndLostAccess } from './access'
import { isPlainHttpBeyondLoopback } from './address'
import { changedFields, GROUPS, groupsOf, toColumns, toListed } from './rows'
import type { ApplicationFields } from './schemas'

export type RegistryRefusal =
  | { ok: false; code: 'NO_SUCH_APPLICATION' }
  | { ok: false; code: 'NO_SUCH_GROUP' }
  /** Another application has it, or had it once. */
  | { ok: false; code: 'ID_TAKEN' }
  /** Another application has this host name. */
  | { ok: false; code: 'HOST_TAKEN' }
  | { ok: false; code: 'IS_ACCOUNT_SITE' }
  | { ok: false; code: 'PLAIN_HTTP' }
export type Refused = RegistryRefusal | AdminRefusal | TooManyAttempts
type Done = { ok: true; receipt: Receipt }

/** The applications behind Latchkey, as administrators keep them. */
export function createRegistry(deps: {
  database: Database
  revocations: Revocations
  endLostAccess: EndLostAccess
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
  /** ORIGIN */
  site: string
  allowHttp: boolean
}) {
  const { database, endLostAccess, limits, record, clock, site, allowHttp } = deps
  const { client } = database
  const { asAdministrator } = createAsAdministrator(deps)

  /** Every application by name. */
  async function list() {
    const rows = await client.application.findMany({ orderBy: { name: 'asc' }, include: GROUPS })
    return rows.map(toListed)
  }

  async function find(id: string) {
    const row = await client.application.findUnique({ where: { id }, include: GROUPS })
    return row && toListed(row)
  }

  /** What a person may open, by name. */
  function openTo(userId: string) {
    return client.$queryRaw<{ id: string; name: string; address: string }[]>`
      SELECT "id", "name", "address" FROM "Application"
      WHERE ${mayUse(sql`${userId}`)} ORDER BY "name"`
  }

  /** Whether there is something that a person may open. */
  async function isAnyOpenTo(userId: string): Promise<boolean> {
    const rows = await client.$queryRaw<unknown[]>`
      SELECT 1 FROM "Application" WHERE ${mayUse(sql`${userId}`)} LIMIT 1`
    return rows.length > 0
  }

  async function add(
    by: AdministratorOrOperator,
    id: string,
    fields: ApplicationFields,
  ): Promise<Done | Refused> {
    return change<object>(by, fields, async ({ tx }) => {
      if (await tx.usedApplicationId.findUnique({ where: { id } })) return refuse('ID_TAKEN')
      if (!(await areGroups(tx, fields.group))) return refuse('NO_SUCH_GROUP')
      await tx.usedApplicationId.create({ data: { id } })
      await tx.application.create({ data: { id, createdAt: clock.now(), ...toColumns(fields) } })
      await linkGroups(tx, id, groupsOf(fields))
      const details = { id, name: fields.name, address: fields.address.address }
      await record(tx, { ...writtenBy(by, null), kind: 'application.added', details })
      return { ok: true }
    })
  }

  /** Changes everything but the id. Whoever may no longer use it is signed out of it. */
  async function edit(
    by: AdministratorOrOperator,
    id: string,
    fields: ApplicationFields,
  ): Promise<Done | Refused> {
    return change<object>(by, fields, async ({ tx, announce }) => {
      const before = await tx.application.findUnique({ where: { id }, include: GROUPS })
      if (!before) return goneBefore(announce)
      if (!(await areGroups(tx, fields.group))) return refuse('NO_SUCH_GROUP')
      await tx.application.update({ where: { id }, data: toColumns(fields) })
      await tx.applicationGroup.deleteMany({ where: { applicationId: id } })
      await linkGroups(tx, id, groupsOf(fields))
      announce({ type: 'application-changed', applicationId: id })
      // A cookie of the old host is nobody's business any more.
      if (before.host !== fields.address.host) await endSignIns(tx, announce, id)
      await endLostAccess(tx, announce, { applicationId: id })
      const details = { id, ...changedFields(toListed(before), fields) }
      await record(tx, { ...writtenBy(by, null), kind: 'application.changed', details })
      return { ok: true }
    })
  }

  /** Deletes an application with every sign-in at it, and the tokens that are for it alone. */
  async function remove(
    by: AdministratorOrOperator,
    id: string,
  ): Promise<(Done & { went: RemovedCounts }) | Refused> {
    return change<{ went: RemovedCounts }>(by, null, async ({ tx, announce }) => {
      const application = await tx.application.findUnique({ where: { id } })
      if (!application) return goneBefore(announce)
      const went = await countWithin(tx, id)
      const tokens = await tx.apiToken.findMany({ where: { applicationId: id } })
      await endSignIns(tx, announce, id)
      await tx.application.delete({ where: { id } })
      announce({ type: 'application-changed', applicationId: id })
      for (const { userId, id: tokenId } of tokens) {
        announce({ type: 'tokens-ended', userId, tokenIds: [tokenId] })
      }
      const details = { id, name: application.name, ...went }
      await record(tx, { ...writtenBy(by, null), kind: 'application.removed', details })
      return { ok: true, went }
    })
  }

  /** Nobody is signed in to it any more, and open pages are told. */
  async function endSignIns(tx: Transaction, announce: Announce, applicationId: string) {
    const reason = 'access-taken'
    await database.giveReason(tx, reason)
    const where = { applicationId }
    const gone = await tx.applicationSession.findMany({ where, select: { id: true, userId: true } })
    await tx.applicationSession.deleteMany({ where })
    announceEnded(announce, gone, reason)
  }

  /** What would go with it. */
  const preview = (id: string) => countWithin(client, id)

  async function countWithin(
    reader: Pick<Transaction, 'applicationSession' | 'apiToken'>,
    applicationId: string,
  ): Promise<RemovedCounts> {
    const isActive = { cookies: { some: {} }, session: { expiresAt: { gt: clock.now() } } }
    return {
      signIns: await reader.applicationSession.count({ where: { applicationId, ...isActive } }),
      tokens: await reader.apiToken.count({ where: { applicationId } }),
    }
  }

  async function change<T extends object = object>(
    by: AdministratorOrOperator,
    fields: ApplicationFields | null,
    work: Parameters<typeof asAdministrator<({ ok: true } & T) | Refused>>[1],
  ): Promise<(Done & T) | Refused> {
    const refusal = fields && whatIsWrong(fields)
    if (refusal) return refusal
    const run = async () => {
      try {
        const { value, receipt } = await asAdministrator(by, work)
        return value.ok ? { ...value, receipt } : value
      } catch (error) {
        if (isUniqueViolation(error, 'host')) return refuse('HOST_TAKEN')
        throw error
      }
    }
    const isCounted = by !== OPERATOR && 'viewer' in by && fields !== null
    return isCounted
      ? limits.within({ limit: 'administration', of: by.viewer.user.id }, run)
      : run()
  }

  /** What must be said before anything is stored. */
  function whatIsWrong({ address }: ApplicationFields) {
    if (address.host === hostOf(site)) return refuse('IS_ACCOUNT_SITE')
    return isPlainHttpBeyondLoopback(address) && !allowHttp ? refuse('PLAIN_HTTP') : null
  }

  return { list, find, openTo, isAnyOpenTo, add, edit, remove, preview }
}

export type Registry = ReturnType<typeof createRegistry>
/** What goes with an application. */
export type RemovedCounts = { signIns: number; tokens: number }

const areGroups = async (tx: Transaction, ids: readonly string[]): Promise<boolean> =>
  (await tx.group.count({ where: { id: { in: [...ids] } } })) === new Set(ids).size

async function linkGroups(tx: Transaction, applicationId: string, groupIds: readonly string[]) {
  const data = groupIds.map((groupId) => ({ id: newId(), applicationId, groupId }))
  await tx.applicationGroup.createMany({ data })
}

const hostOf = (origin: string) => new URL(origin).hostname
const refuse = <Code extends string>(code: Code) => ({ ok: false as const, code })

function goneBefore(announce: Announce) {
  announce({ type: 'already-gone' })
  return refuse('NO_SUCH_APPLICATION')
}
