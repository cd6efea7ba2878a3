import { days, minutes, seconds } from '../time'

/** Every number that sessions are ruled by. The first three can be set by the operator. */
export type SessionPolicy = {
  /**
   * A session that nobody used for this long ends. Two weeks carry a browser over a holiday; a
   * device lost for longer no longer opens the account.
   */
  idleTimeout: number
  /**
   * With "keep me signed in", a session ends this long after the sign-in however busy it was, so
   * that a stolen cookie that is kept warm dies within a season.
   */
  keptLimit: number
  /** Without it, a day: borrowed and shared computers forget the person by tomorrow. */
  briefLimit: number
}

export const DEFAULT_SESSION_POLICY: SessionPolicy = {
  idleTimeout: days(14),
  keptLimit: days(90),
  briefLimit: days(1),
}

/** Active sessions a user may have; at the next sign-in the least recently active ends. */
export const MAX_SESSIONS_PER_USER = 100

/** Activity is gathered in memory and written this often, so reading costs no write. */
export const ACTIVITY_WRITE_INTERVAL = seconds(5)

/** Activity this soon after the last known one changes nothing worth a write. */
export const ACTIVITY_RESOLUTION = seconds(15)

/** Expired rows refuse by themselves; this is how soon they are also gone. */
export const PURGE_INTERVAL = minutes(1)

/** Sessions and tokens remembered in memory, about 1 kB each. */
export const CACHE_SIZE = 50_000

/** The moments that a session which starts now is given. */
export function limitsAt(now: Date, { kept }: { kept: boolean }, policy: SessionPolicy) {
  const endsAt = new Date(now.getTime() + (kept ? policy.keptLimit : policy.briefLimit))
  return { endsAt, expiresAt: idleExpiry(now, endsAt, policy) }
}

/** The sliding limit after activity at `now`: never past `endsAt`. */
export function idleExpiry(now: Date, endsAt: Date, policy: SessionPolicy): Date {
  return new Date(Math.min(now.getTime() + policy.idleTimeout, endsAt.getTime()))
}

/** Whether the session was started with "keep me signed in": it was given more than a brief one's span. */
export function isPersistent(
  session: { createdAt: Date; endsAt: Date },
  policy: SessionPolicy,
): boolean {
  return session.endsAt.getTime() - session.createdAt.getTime() > policy.briefLimit
}
