import type { Database } from '~/database/types'
import { isDatabaseBusy } from '~/database/errors'
import { addressKey, UNKNOWN_ADDRESS } from '../addresses'
import type { RecordAudit } from '../audit/record'
import { SHORTEST_RETENTION } from '../audit/retention'
import type { Attempt, AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { Clock } from '../time'
import type { Sessions } from '../sessions/sessions'
import { whoIs } from '../users/usernames'
import type { Admitted } from './admit'
import type { Passwords } from './passwords'
import type { Origin } from '../viewer'

export type SignInResult =
  | ({ ok: true } & Admitted)
  /** Unknown address or username, wrong password, no password yet: one answer, one duration. */
  | { ok: false; code: 'WRONG_CREDENTIALS' }
  /** Said only to somebody who knows the password. */
  | { ok: false; code: 'DISABLED' }
  | TooManyAttempts

export type SignIn = (input: {
  /** Or the username. */
  email: string
  password: string
  keep: boolean
  origin: Origin
  /** The secret of the session that this browser had before, if any. */
  replacing?: string | undefined
}) => Promise<SignInResult>

/** An address counts as a person's own this long after a sign-in from it. The audit log knows. */
const ADDRESS_MEMORY = SHORTEST_RETENTION

/** Only so many of the latest are looked at, so that the question costs the same for everybody. */
const SIGN_INS_REMEMBERED = 100

/** A password that changes this often while one sign-in is being checked is not worth chasing. */
const TRIES = 3

/** A user as a sign-in needs to know them. Without a hash there is no password yet. */
type Credentials = { id: string; name: string; hash: string | null }

/** E-mail address or username, and password, in exchange for a session or the question for a second step. */
export function createSignIn(deps: {
  database: Database
  sessions: Sessions
  passwords: Passwords
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
}): SignIn {
  const { database, sessions, passwords, limits, record, clock } = deps

  return async function signIn({ email, password, keep, origin, replacing }) {
    const user = await find(email)
    const attempts = await attemptsOf(user, email, origin.ip)
    const tooMany = await limits.take(attempts)
    if (tooMany) {
      const { isFirst, ...refusal } = tooMany
      if (isFirst) await auditRefusal(user, origin, { reason: 'too-many-attempts' })
      return refusal
    }

    let result: SignInResult
    try {
      result = await check({ user, email, password, keep, origin, replacing })
    } catch (error) {
      // Nothing was decided about the password, so it was no guess. A database that is busy could
      // only be waited for once more, so there the attempt stays counted.
      if (!isDatabaseBusy(error)) await limits.giveBack(attempts)
      throw error
    }
    if (result.ok) await limits.giveBack(attempts)
    else await auditRefusal(user, origin, { reason: reasonOf(user, result.code) })
    return result
  }

  async function find(typed: string): Promise<Credentials | null> {
    const user = await database.client.user.findUnique({
      where: whoIs(typed),
      select: { id: true, name: true, password: { select: { hash: true } } },
    })
    return user && { id: user.id, name: user.name, hash: user.password?.hash ?? null }
  }

  async function check({
    user,
    email,
    password,
    keep,
    origin,
    replacing,
  }: { user: Credentials | null } & Parameters<SignIn>[0]): Promise<SignInResult> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const hash = user?.hash ?? undefined
      const verdict = await passwords.verify(password, hash)
      if (!user || hash === undefined || !verdict.matches) break
      const started = await sessions.start({
        userId: user.id,
        verifiedHash: verdict.outdated ? await upgraded(user.id, password, hash) : hash,
        kept: keep,
        origin,
        proof: { signedInBy: 'password', secondFactor: null },
        replacing,
      })
      if (started.ok) return started
      if (started.code === 'DISABLED') return { ok: false, code: 'DISABLED' }
      if (started.code === 'NO_SUCH_USER') break
      // The hash is another one by now: upgraded by a sign-in beside this one, or changed for good.
      user = await find(email)
    }
    return { ok: false, code: 'WRONG_CREDENTIALS' }
  }

  /** Hashes anew, but never over a password that changed in the meantime. */
  async function upgraded(userId: string, password: string, verifiedHash: string) {
    const hash = await passwords.hash(password)
    const { count } = await database.client.password.updateMany({
      where: { userId, hash: verifiedHash },
      data: { hash },
    })
    return count === 1 ? hash : verifiedHash
  }

  /** Of an account whichever of its two names is typed, or of what was typed where there is none. */
  async function attemptsOf(
    user: Credentials | null,
    typed: string,
    ip: string,
  ): Promise<Attempt[]> {
    const account = user?.id ?? typed
    const address = addressKey(ip)
    const attempts: Attempt[] = [
      { limit: 'address', of: address },
      { limit: 'signInFromAddress', of: `${account} ${address}` },
    ]
    if (!(await isOwnAddress(user?.id ?? '', address))) {
      attempts.push({ limit: 'accountFromUnknown', of: account })
    }
    return attempts
  }

  /** Asked for unknown users too, so that the answer takes the same time. */
  async function isOwnAddress(userId: string, address: string): Promise<boolean> {
    const since = new Date(clock.time() - ADDRESS_MEMORY)
    const known = await database.client.auditEvent.findMany({
      where: { subjectId: userId, kind: 'session.started', at: { gt: since } },
      orderBy: { at: 'desc' },
      take: SIGN_INS_REMEMBERED,
      select: { ip: true },
    })
    // Everybody who comes from nowhere shares that: it is nobody's own.
    if (address === UNKNOWN_ADDRESS) return false
    return known.some(({ ip }) => ip !== null && addressKey(ip) === address)
  }

  async function auditRefusal(
    user: Credentials | null,
    { ip, userAgent }: Origin,
    why: { reason: RefusalReason },
  ) {
    // What was typed as the address is not kept: people type their password there.
    const subject = user && { id: user.id, name: user.name }
    const details = { userAgent, ...why }
    await database.transaction((tx) =>
      record(tx, { kind: 'session.refused', actor: null, subject, ip, details }),
    )
  }
}

type RefusalReason =
  'too-many-attempts' | 'unknown-account' | 'no-password' | 'wrong-password' | 'disabled'

/** For administrators who read the log. Whoever tries to sign in is told less. */
function reasonOf(user: Credentials | null, code: string): RefusalReason {
  if (!user) return 'unknown-account'
  if (code === 'DISABLED') return 'disabled'
  return user.hash === null ? 'no-password' : 'wrong-password'
}
