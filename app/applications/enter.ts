import { isForeignKeyViolation } from '~/database/errors'
import type { Database, Transaction } from '~/database/types'
import type { Announce, Revocations } from '~/accounts/revocations'
import { hashSecret, looksLikeSecret } from '~/accounts/secret-token'
import { isPersistent, type SessionPolicy } from '~/accounts/sessions/policy'
import type { Clock } from '~/accounts/time'
import { isOpenTo } from './access'
import { createCookieSecret } from './visitors'

/** Tabs that arrive together have a cookie each; a browser that keeps none does not fill the table. */
const MOST_COOKIES = 5

/** Where the browser goes. */
export type Entered = {
  ok: true
  returnTo: string
  /** Of the nonce that is used up. */
  nonceHash: string
  /** What it is given; null when it keeps what it has. */
  cookie: GivenCookie | null
}
export type GivenCookie = {
  secret: string
  /** Whether it outlives the browser's end, as the session's does, and until when. */
  kept: boolean
  endsAt: Date
}
export type NotEntered = { ok: false }

/**
 * The second half of the way into an application, at its host: exchanges a code for a cookie. A code
 * works once, whatever comes of it, and only in the browser that has the nonce: with somebody else's
 * code in a link, a person would work in that one's account without knowing.
 */
export function createEnterApplication({
  database,
  revocations,
  clock,
  policy,
}: {
  database: Database
  revocations: Revocations
  clock: Clock
  policy: SessionPolicy
}) {
  /**
   * @param asked.nonceHashes of the nonces that this browser has: SHA-256, as base64url
   * @param asked.current the cookie that it has: kept when it is of the same sign-in, and else replaced
   */
  return async function enter(asked: {
    code: string
    applicationId: string
    nonceHashes: readonly string[]
    current: string | undefined
  }): Promise<Entered | NotEntered> {
    if (!looksLikeSecret(asked.code)) return notEntered
    const codeHash = hashSecret(asked.code)
    const code = await find(codeHash)
    if (!code) return notEntered
    try {
      const { value } = await revocations.commit(async (tx, announce) => {
        await database.lockUsers(tx, [code.signIn.userId])
        // In the transaction of the cookie: between the two, whoever ends the sign-in would find neither.
        if (!(await take(tx, codeHash))) return notEntered
        return isFor(code, asked) ? letIn(tx, announce, code, asked.current) : notEntered
      })
      return value
    } catch (error) {
      // It, or the application, was deleted between our look and our row.
      if (isForeignKeyViolation(error)) return notEntered
      throw error
    }
  }

  /** Whose code it is, so that their row can be locked before it is taken. */
  async function find(codeHash: Uint8Array<ArrayBuffer>): Promise<FoundCode | null> {
    const code = await database.client.applicationCode.findUnique({
      where: { codeHash },
      include: { applicationSession: { select: { userId: true, applicationId: true } } },
    })
    if (!code) return null
    const { applicationSession: signIn, nonceHash, ...row } = code
    return { ...row, nonceHash: Buffer.from(nonceHash).toString('base64url'), signIn }
  }

  /** Whether it was still there: of two who bring it, one takes it. */
  async function take(tx: Transaction, codeHash: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const { count } = await tx.applicationCode.deleteMany({ where: { codeHash } })
    return count > 0
  }

  function isFor(
    { signIn, nonceHash, expiresAt }: FoundCode,
    asked: { applicationId: string; nonceHashes: readonly string[] },
  ): boolean {
    const isHere = signIn.applicationId === asked.applicationId
    return isHere && asked.nonceHashes.includes(nonceHash) && expiresAt > clock.now()
  }

  /** Looks again under the lock at all that was true when the code was made. */
  async function letIn(
    tx: Transaction,
    announce: Announce,
    { applicationSessionId, signIn: { applicationId, userId }, returnTo, nonceHash }: FoundCode,
    current: string | undefined,
  ): Promise<Entered | NotEntered> {
    const now = clock.now()
    const signIn = await tx.applicationSession.findUnique({
      where: {
        id: applicationSessionId,
        askAgain: false,
        session: { expiresAt: { gt: now }, user: { disabledAt: null } },
      },
      select: { session: { select: { endsAt: true, createdAt: true } } },
    })
    if (!signIn || !(await isOpenTo(tx, userId, applicationId))) return notEntered
    const entered = { ok: true as const, returnTo, nonceHash }
    const tokenHash = current === undefined ? null : hashSecret(current)
    // Tabs that arrive one after another have one cookie: if each took that of the one before, that one
    // would have to come again, and take it back.
    if (tokenHash) {
      const same = await tx.applicationCookie.count({ where: { tokenHash, applicationSessionId } })
      if (same > 0) return { ...entered, cookie: null }
    }
    await database.giveReason(tx, 'replaced')
    if (tokenHash) await deleteCookies(tx, announce, { tokenHash })
    const newest = await tx.applicationCookie.findMany({
      where: { applicationSessionId },
      orderBy: [{ createdAt: 'desc' }, { tokenHash: 'desc' }],
      take: MOST_COOKIES - 1,
      select: { tokenHash: true },
    })
    const kept = newest.map(({ tokenHash }) => tokenHash)
    await deleteCookies(tx, announce, { applicationSessionId, tokenHash: { notIn: kept } })
    const secret = createCookieSecret()
    await tx.applicationCookie.create({
      data: { tokenHash: hashSecret(secret), applicationSessionId, userId, createdAt: now },
    })
    // From here on it is shown beside its session.
    if (kept.length === 0) announce({ type: 'access-granted', userId })
    const { session } = signIn
    const cookie = { secret, kept: isPersistent(session, policy), endsAt: session.endsAt }
    return { ...entered, cookie }
  }
}

type CookieFilter = NonNullable<
  Parameters<Transaction['applicationCookie']['deleteMany']>[0]
>['where']

async function deleteCookies(
  tx: Transaction,
  announce: Announce,
  where: NonNullable<CookieFilter>,
) {
  const gone = await tx.applicationCookie.findMany({
    where,
    select: { userId: true, applicationSessionId: true },
  })
  await tx.applicationCookie.deleteMany({ where })
  for (const { userId, applicationSessionId } of gone) {
    const applicationSessionIds = [applicationSessionId]
    announce({
      type: 'application-sign-ins-ended',
      userId,
      applicationSessionIds,
      reason: 'replaced',
    })
  }
}

type FoundCode = {
  applicationSessionId: string
  /** As base64url. */
  nonceHash: string
  returnTo: string
  expiresAt: Date
  signIn: { userId: string; applicationId: string }
}

const notEntered: NotEntered = { ok: false }
