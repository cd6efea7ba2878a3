import type { Database } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from './attempt-limits'
import type { RecordAudit } from './audit/record'
import type { EnqueueMail, Mail } from './mail'
import { cursorFromText, cutPage, timeOf } from './page-cursor'
import type { Revocations } from './revocations'
import type { Clock } from './time'
import { countedFor, createAsAdministrator, type AdminRefusal } from './users/as-administrator'
import type { Acting } from './viewer'

export const MAILS_PER_PAGE = 50

export type ListedMail = {
  id: string
  kind: Mail['kind']
  /** Whose account it is about; null when nobody has the address, or they were deleted. */
  user: { id: string; name: string } | null
  address: string
  state: 'waiting' | 'sent' | 'given_up'
  createdAt: Date
  sentAt: Date | null
  nextTryAt: Date
  tries: number
  /** What was said when it was not taken. */
  problem: string | null
}

export type MailState = ListedMail['state']

/** What administrators see and do about mails. Their content is not kept. */
export function createAdministerMail(deps: {
  database: Database
  revocations: Revocations
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
}) {
  const { limits, record, enqueueMail, clock } = deps
  const { client } = deps.database
  const { asAdministrator } = createAsAdministrator(deps)

  /** Newest first, a page at a time. */
  async function list({ state, at }: { state: MailState | null; at: string | null }) {
    const cursor = cursorFromText(at)
    const time = timeOf(cursor?.value)
    const backwards = cursor?.direction === 'before'
    const [side, order] = backwards ? (['gt', 'asc'] as const) : (['lt', 'desc'] as const)
    const read = await client.outgoingMail.findMany({
      where: {
        ...(state && { state }),
        ...(cursor &&
          time && {
            createdAt: { [`${side}e`]: time },
            OR: [{ createdAt: { [side]: time } }, { id: { [side]: cursor.id } }],
          }),
      },
      orderBy: [{ createdAt: order }, { id: order }],
      take: MAILS_PER_PAGE + 1,
      omit: { about: true, userId: true, claimedUntil: true },
      include: { user: { select: { id: true, name: true } } },
    })
    const { rows, newer, older } = cutPage(read, {
      size: MAILS_PER_PAGE,
      cursor,
      valueOf: ({ createdAt }) => createdAt.toISOString(),
    })
    return { mails: rows.map((row) => ({ ...row, kind: row.kind as Mail['kind'] })), newer, older }
  }

  /** How many there are of each state. */
  async function count(): Promise<Record<MailState, number>> {
    const groups = await client.outgoingMail.groupBy({ by: ['state'], _count: true })
    const counts = Object.fromEntries(groups.map(({ state, _count }) => [state, _count]))
    return { waiting: 0, sent: 0, given_up: 0, ...counts }
  }

  /** Tries a mail again at once that waits or was given up, for another day. */
  async function sendAgain(
    acting: Acting,
    id: string,
  ): Promise<{ ok: true } | { ok: false; code: 'NO_SUCH_MAIL' } | AdminRefusal | TooManyAttempts> {
    return limits.within(countedFor(acting), async () => {
      const { value } = await asAdministrator(acting, async ({ tx }) => {
        const where = { id, state: { in: ['waiting', 'given_up'] as MailState[] } }
        const mail = await tx.outgoingMail.findUnique({ where, select: LOGGED })
        const data = { state: 'waiting', nextTryAt: clock.now(), tries: 0 } as const
        const { count } = await tx.outgoingMail.updateMany({ where, data })
        if (!mail || count === 0) return { ok: false as const, code: 'NO_SUCH_MAIL' as const }
        const by = { actor: acting.viewer.user, sessionId: acting.viewer.session.id, ip: acting.ip }
        const details = { mail: mail.kind, address: mail.address }
        await record(tx, { ...by, subject: mail.user, kind: 'mail.sent-again', details })
        return { ok: true as const }
      })
      return value
    })
  }

  /** Mails the administrator who asks, to see whether it arrives. */
  async function sendTest(acting: Acting): Promise<{ ok: true } | AdminRefusal | TooManyAttempts> {
    return limits.within(countedFor(acting), async () => {
      const { value } = await asAdministrator(acting, async ({ tx }) => {
        await enqueueMail(tx, { userId: acting.viewer.user.id }, { kind: 'test' })
        return { ok: true as const }
      })
      return value
    })
  }

  return { list, count, sendAgain, sendTest }
}

const LOGGED = { kind: true, address: true, user: { select: { id: true, name: true } } } as const
