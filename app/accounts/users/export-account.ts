import type { Database } from '~/database/types'
import type { AttemptLimits } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { Clock } from '../time'
import type { Acting } from '../viewer'

const NAMED = { select: { id: true, name: true } } as const

/** Events read at a time. Somebody may have hundreds of thousands. */
const BATCH = 500

/**
 * Everything that is stored about the person who asks, without what must stay secret from whoever
 * reads over their shoulder. What happened to them comes in batches, each read when it is wanted.
 */
export function createExportAccount({
  database,
  limits,
  record,
  clock,
}: {
  database: Database
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
}) {
  return (acting: Acting) => {
    const { id } = acting.viewer.user
    return limits.within({ limit: 'ownChange', of: id }, () => exportAccount(acting))
  }

  async function exportAccount({ viewer, ip }: Acting) {
    const userId = viewer.user.id
    const { client } = database
    const [account, sessions, passkeys, apiTokens, groups, applicationSignIns] = await Promise.all([
      client.user.findUnique({
        where: { id: userId },
        select: {
          id: true,
          username: true,
          name: true,
          email: true,
          emailConfirmedAt: true,
          role: true,
          createdAt: true,
          updatedAt: true,
          password: { select: { changedAt: true } },
          retiredPassword: { select: { retiredAt: true } },
          authenticator: { select: { createdAt: true, lastUsedAt: true } },
          recoveryCodes: { select: { createdAt: true } },
          rememberedDevices: { omit: { tokenHash: true, userId: true } },
          knownDevices: { omit: { tokenHash: true, userId: true } },
          emailChanges: { omit: { userId: true } },
          signInNotices: { omit: { userId: true } },
          links: { select: { purpose: true, email: true, createdAt: true, expiresAt: true } },
          mails: {
            select: { kind: true, address: true, state: true, createdAt: true, sentAt: true },
          },
        },
      }),
      client.session.findMany({
        where: { userId },
        omit: { tokenHash: true, formKey: true, userId: true },
      }),
      client.passkey.findMany({
        where: { userId },
        omit: { credentialId: true, publicKey: true, counter: true, userId: true },
      }),
      client.apiToken.findMany({
        where: { userId },
        omit: { tokenHash: true, userId: true },
        include: { application: NAMED },
      }),
      client.group.findMany({ where: { members: { some: { userId } } }, ...NAMED }),
      client.applicationSession.findMany({
        where: { userId },
        omit: { userId: true },
        include: { application: NAMED },
      }),
    ])
    const exported = {
      kind: 'user.exported',
      actor: viewer.user,
      subject: viewer.user,
      sessionId: viewer.session.id,
      ip,
    } as const
    await database.transaction((tx) => record(tx, exported))
    const events = eventsOf(userId)
    const rows = { account, groups, passkeys, sessions, applicationSignIns, apiTokens }
    return { ok: true as const, everything: { exportedAt: clock.now(), ...rows, events } }
  }

  /**
   * What was done to this person, oldest first. What an administrator did to others is about the
   * others.
   */
  async function* eventsOf(userId: string) {
    let last: { at: Date; id: string } | undefined
    for (;;) {
      const batch = await database.client.auditEvent.findMany({
        where: {
          subjectId: userId,
          ...(last && {
            at: { gte: last.at },
            OR: [{ at: { gt: last.at } }, { id: { gt: last.id } }],
          }),
        },
        orderBy: [{ at: 'asc' }, { id: 'asc' }],
        take: BATCH,
      })
      yield batch.map((event) => readable(event, userId))
      if (batch.length < BATCH) return
      last = batch.at(-1)
    }
  }
}

type StoredEvent = {
  actorId: string | null
  ip: string | null
  sessionId: string | null
  details: string
}

/** Without where somebody else was when they did it, and in which session of theirs. */
function readable<E extends StoredEvent>(event: E, userId: string) {
  const isOthers = event.actorId !== null && event.actorId !== userId
  const details = JSON.parse(event.details) as unknown
  return { ...event, details, ...(isOthers && { ip: null, sessionId: null }) }
}
