import { isForeignKeyViolation } from '~/database/errors'
import type { Database, Role, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import { type Clock, days } from '../time'
import type { Announcement, Revocations } from '../revocations'
import { newId } from '../row-id'
import { hashSecret } from '../secret-token'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { Sessions } from '../sessions/sessions'
import { createAsAdministrator, writtenBy, type AdminRefusal } from '../users/as-administrator'
import type { Acting } from '../viewer'
import { SCOPES, scopesFor, scopesFromText, scopesToText, type Scope } from './scopes'
import { createTokenText } from './token-text'
import { unexpiredToken } from './verify-token'

/** Tokens a user may have. More are a sign that some were forgotten. */
export const MAX_TOKENS_PER_USER = 50

export type ListedToken = {
  id: string
  name: string
  scopes: Scope[]
  /** The one that it opens; null when it is for our API. */
  application: { id: string; name: string } | null
  createdAt: Date
  createdBySession: string
  expiresAt: Date | null
  lastUsedAt: Date | null
  lastUsedIp: string | null
}

type WantedToken = {
  name: string
  /** None for an application: it is let in as its owner, or not. */
  scopes: Scope[]
  /** Without, it is for our API. */
  applicationId?: string | null
  lifetimeDays: number | null
}

/** What is asked about an application, in a transaction; see applications/access.ts. */
type ApplicationAccess = {
  refusalToOpen: (
    tx: Transaction,
    by: { userId: string; sessionId: string },
    applicationId: string,
  ) => Promise<'NOT_THEIRS' | 'NEEDS_FACTOR' | null>
  hasShownFactor: (tx: Transaction, sessionId: string) => Promise<boolean>
}

/** Secrets for programs: made, listed and revoked by their owner, and revoked by administrators. */
export function createApiTokens(
  deps: ApplicationAccess & {
    database: Database
    revocations: Revocations
    sessions: Sessions
    limits: AttemptLimits
    record: RecordAudit
    enqueueMail: EnqueueMail
    clock: Clock
  },
) {
  const { database, revocations, sessions, refusalToOpen, hasShownFactor, limits } = deps
  const { record, enqueueMail, clock } = deps
  const { onUser } = createAsAdministrator(deps)

  /**
   * Makes a token. Under the lock of its owner, so that a session which is being ended makes none
   * that would outlive it unseen. Throws StepUpNeeded.
   */
  async function create(
    acting: Acting,
    wanted: WantedToken,
  ): Promise<
    | { ok: true; text: string }
    | { ok: false; code: 'TOO_MANY_TOKENS' }
    | { ok: false; code: 'SCOPE_NOT_ALLOWED' | 'APPLICATION_NOT_ALLOWED' | 'NEEDS_FACTOR' }
    | SessionEnded
    | TooManyAttempts
  > {
    const { id } = acting.viewer.user
    return limits.within({ limit: 'ownChange', of: id }, async () => {
      try {
        return await createNow(acting, wanted)
      } catch (error) {
        // The owner's row is locked, so it is the application that went in that very moment.
        if (isForeignKeyViolation(error)) return applicationNotAllowed
        throw error
      }
    })
  }

  async function createNow(
    acting: Acting,
    { name, scopes, applicationId = null, lifetimeDays }: WantedToken,
  ) {
    const { user, session } = acting.viewer
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isFreshlyActing(tx, announce, acting))) return sessionEnded
      const { role } = await tx.user.findUniqueOrThrow({ where: { id: user.id } })
      const allowed = applicationId === null ? scopesFor(role) : []
      if (!scopes.every((scope) => allowed.includes(scope))) {
        return { ok: false as const, code: 'SCOPE_NOT_ALLOWED' as const }
      }
      if (applicationId !== null) {
        const by = { userId: user.id, sessionId: session.id }
        const refusal = await refusalToOpen(tx, by, applicationId)
        if (refusal === 'NOT_THEIRS') return applicationNotAllowed
        if (refusal === 'NEEDS_FACTOR') return { ok: false as const, code: refusal }
      }
      if (
        (await tx.apiToken.count({ where: { userId: user.id, ...unexpiredToken(clock.now()) } })) >=
        MAX_TOKENS_PER_USER
      ) {
        return { ok: false as const, code: 'TOO_MANY_TOKENS' as const }
      }
      const text = createTokenText(applicationId === null ? 'api' : 'application')
      const id = newId()
      const now = clock.now()
      await tx.apiToken.create({
        data: {
          id,
          tokenHash: hashSecret(text),
          userId: user.id,
          name,
          scopes: scopesToText(scopes),
          applicationId,
          createdAt: now,
          createdBySession: session.id,
          madeWithFactor: await hasShownFactor(tx, session.id),
          expiresAt: lifetimeDays === null ? null : new Date(now.getTime() + days(lifetimeDays)),
        },
      })
      const reach = applicationId === null ? { scopes } : { forApplication: applicationId }
      const details = { name, id, ...reach }
      await record(tx, { ...writtenBy(acting, user), kind: 'token.created', details })
      await enqueueMail(tx, { userId: user.id }, { kind: 'token-made', name })
      announce({ type: 'access-granted', userId: user.id, tokenId: id })
      return { ok: true as const, text }
    })
    return value
  }

  /** A user's tokens, newest first. Never their secrets, which nobody has but the holder. */
  async function list({ userId }: { userId: string }): Promise<ListedToken[]> {
    const rows = await database.client.apiToken.findMany({
      where: { userId },
      orderBy: { id: 'desc' },
      omit: { tokenHash: true, userId: true, applicationId: true },
      include: { application: { select: { id: true, name: true } } },
    })
    return rows.map((row) => ({ ...row, scopes: scopesFromText(row.scopes) }))
  }

  /** The tokens that any of these sessions made: to be offered when the sessions have ended. */
  async function madeBy({
    userId,
    sessionIds,
  }: {
    userId: string
    sessionIds: readonly string[]
  }): Promise<{ id: string; name: string }[]> {
    return database.client.apiToken.findMany({
      where: { userId, createdBySession: { in: [...sessionIds] } },
      orderBy: { id: 'asc' },
      select: { id: true, name: true },
    })
  }

  /** Revokes tokens of the person who asks. Another person's id finds nothing, like an unknown one. */
  async function revoke(
    acting: Acting,
    ids: readonly string[],
  ): Promise<{ ok: true; revoked: string[] } | SessionEnded> {
    const { user } = acting.viewer
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
      const revoked = await deleteTokens(tx, acting, user, ids)
      announce(revocationOf(user.id, ids, revoked))
      return { ok: true as const, revoked }
    })
    return value
  }

  /** Revokes tokens of somebody else's, as an administrator. */
  async function revokeOf(
    acting: Acting,
    userId: string,
    ids: readonly string[],
  ): Promise<{ ok: true; revoked: string[] } | AdminRefusal> {
    return onUser(acting, userId, async ({ tx, announce, user }) => {
      const revoked = await deleteTokens(tx, acting, user, ids)
      announce(revocationOf(userId, ids, revoked))
      return { ok: true as const, revoked }
    })
  }

  async function deleteTokens(
    tx: Transaction,
    acting: Acting,
    owner: { id: string; name: string },
    ids: readonly string[],
  ): Promise<string[]> {
    const where = { userId: owner.id, id: { in: [...ids] } }
    const found = await tx.apiToken.findMany({ where, select: { id: true, name: true } })
    await tx.apiToken.deleteMany({ where })
    for (const { id, name } of found) {
      const details = { name, id }
      await record(tx, { ...writtenBy(acting, owner), kind: 'token.revoked', details })
    }
    return found.map(({ name }) => name)
  }

  return { create, list, madeBy, revoke, revokeOf, scopesFor: scopesInWords }
}

const applicationNotAllowed = { ok: false as const, code: 'APPLICATION_NOT_ALLOWED' as const }

/** To say that nothing was there to be revoked is as final as to have revoked it. */
const revocationOf = (
  userId: string,
  tokenIds: readonly string[],
  revoked: readonly string[],
): Announcement =>
  revoked.length > 0 ? { type: 'tokens-ended', userId, tokenIds } : { type: 'already-gone' }

/** What somebody with this role may give to a token, in words. */
const scopesInWords = (role: Role) =>
  scopesFor(role).map((scope) => ({ scope, words: SCOPES[scope] }))
