import { hash } from 'node:crypto'
import type { Logger } from 'pino'
import { isDatabaseBusy } from '~/database/errors'
import type { Database } from '~/database/types'
import { type Clock, days, hours, minutes } from './time'

/**
 * How often things may be tried, and how often done. Counted in the database, so a restart forgives
 * nothing and every node counts the same. Whatever ends access has no limit.
 */
export const ATTEMPT_LIMITS = {
  /** Wrong passwords for one account from one address. */
  signInFromAddress: { attempts: 10, window: minutes(15) },
  /** Wrong passwords and passkeys from one address, whatever the account: an office shares an address. */
  address: { attempts: 100, window: minutes(15) },
  /**
   * Wrong passwords for one account from addresses that it was not used from before. Its owner's
   * own addresses are not counted here and not stopped by it: who guesses from everywhere shuts
   * out nobody but themselves.
   */
  accountFromUnknown: { attempts: 50, window: hours(1) },
  /** New accounts from one address. */
  signUp: { attempts: 20, window: hours(1) },
  /** Wrong current passwords on the pages of a signed-in person. */
  currentPassword: { attempts: 10, window: minutes(15) },
  /** Wrong codes for one account, of the authenticator and from paper together. */
  secondStep: { attempts: 5, window: minutes(15) },
  /** The same in a browser in which that person signed in before. */
  secondStepOnKnown: { attempts: 5, window: minutes(15) },
  /** Wrong codes after a right password that nobody is told about. */
  untoldSecondSteps: { attempts: 2, window: days(1) },
  /** Mails about them. */
  toldOfSecondSteps: { attempts: 1, window: days(1) },
  /**
   * Mails to one address that a stranger asked for: to choose a forgotten password, or to sign up.
   * Counted alike whether anybody has the address.
   */
  mailTo: { attempts: 3, window: hours(1) },
  /** The same from one address of the network, whomever they go to. */
  mailFrom: { attempts: 20, window: hours(1) },
  /** One-time links tried from one address. */
  link: { attempts: 30, window: minutes(15) },
  /**
   * Changes to one's own account for which a session is enough: name, passkeys, names of devices, API
   * tokens, downloads. Each is a line in the audit log for years, which a stolen session must not fill.
   */
  ownChange: { attempts: 20, window: hours(1) },
  /**
   * The same of what asks for the current password: address and password. Apart from the others, so
   * that a stolen session cannot keep its owner from choosing another password.
   */
  provenChange: { attempts: 20, window: hours(1) },
  /**
   * Right proofs of who is there, in sessions of one person. Four are enough; apart from the others,
   * so that nothing keeps an administrator from ending access.
   */
  stepUp: { attempts: 60, window: hours(1) },
  /**
   * What an administrator grants and changes for others. Far more than a company needs that invites
   * everybody in one morning, far less than what fills a disk.
   */
  administration: { attempts: 1_000, window: hours(1) },
  /** Ways into one application from one session: more than tabs can be meant, and a browser that keeps no cookies there goes round. */
  opening: { attempts: 10, window: minutes(1) },
} as const

export type LimitName = keyof typeof ATTEMPT_LIMITS

/** The limits of what may be done so often, as opposed to guessed. */
const OF_CHANGES: readonly LimitName[] = ['ownChange', 'provenChange', 'administration']

/** Refused for now; may be tried again after so many seconds. */
export type TooManyAttempts = {
  ok: false
  code: 'TOO_MANY_ATTEMPTS'
  /** What there were too many of. */
  counted: 'attempts' | 'changes'
  retryAfter: number
}

/**
 * A refusal, and whether it is the first of its window by that limit for that person or address. The
 * first is the one to write down: who goes on trying adds nothing to the log.
 */
export type LimitReached = TooManyAttempts & { isFirst: boolean }

export type AttemptLimits = {
  /**
   * Counts an attempt against every named limit before it is made, so that a hundred at once are
   * counted like a hundred in a row. Null when it may go on.
   */
  take(attempts: readonly Attempt[]): Promise<LimitReached | null>
  /**
   * Gives the attempt back: it was not a guess after all. Never throws, since what was tried may
   * be done by now: what cannot be given back stays counted.
   */
  giveBack(attempts: readonly Attempt[]): Promise<void>
  /** Does what this limit still allows. What was refused or failed is given back, so what was done counts. */
  within<T extends { ok: boolean }>(
    attempt: Attempt,
    work: () => Promise<T>,
  ): Promise<T | TooManyAttempts>
}

export type Attempt = { limit: LimitName; of: string }

export function createAttemptLimits({
  database,
  clock,
  log,
}: {
  database: Pick<Database, 'count'>
  clock: Clock
  log: Pick<Logger, 'warn'>
}): AttemptLimits {
  async function take(attempts: readonly Attempt[]) {
    for (const [index, attempt] of attempts.entries()) {
      const { points, expiresAt } = await count(attempt, 1)
      if (points <= ATTEMPT_LIMITS[attempt.limit].attempts) continue
      // What is refused by one limit uses up none of the others.
      await giveBack(attempts.slice(0, index))
      return { ...tooMany(attempt, expiresAt), isFirst: await isFirst(attempt, expiresAt) }
    }
    return null
  }

  async function within<T extends { ok: boolean }>(attempt: Attempt, work: () => Promise<T>) {
    const refusal = await take([attempt])
    if (refusal) return refusal
    let result: T
    try {
      result = await work()
    } catch (error) {
      // A database that is busy could only be waited for once more.
      if (!isDatabaseBusy(error)) await giveBack([attempt])
      throw error
    }
    if (!result.ok) await giveBack([attempt])
    return result
  }

  async function giveBack(attempts: readonly Attempt[]) {
    try {
      for (const attempt of attempts) await count(attempt, -1)
    } catch (error) {
      log.warn({ err: error }, 'an attempt that was no guess stays counted')
    }
  }

  function count({ limit, of }: Attempt, points: 1 | -1) {
    return database.count(keyOf(limit, of), points, ATTEMPT_LIMITS[limit].window)
  }

  /**
   * Counted apart, since attempts that are given back let the same number be reached again and again.
   * The key has the end of the window, so the next window counts anew.
   */
  async function isFirst({ limit, of }: Attempt, expiresAt: Date): Promise<boolean> {
    const key = `refused:${keyOf(limit, of)}:${expiresAt.getTime()}`
    const { points } = await database.count(key, 1, ATTEMPT_LIMITS[limit].window)
    return points === 1
  }

  function tooMany({ limit }: Attempt, expiresAt: Date): TooManyAttempts {
    const seconds = Math.ceil((expiresAt.getTime() - clock.time()) / 1000)
    const counted = OF_CHANGES.includes(limit) ? 'changes' : 'attempts'
    return { ok: false, code: 'TOO_MANY_ATTEMPTS', counted, retryAfter: Math.max(1, seconds) }
  }

  return { take, giveBack, within }
}

/** Hashed, so that the table of counters is not a list of who has an account. */
const keyOf = (limit: LimitName, of: string): string =>
  `${limit}:${hash('sha256', of, 'base64url')}`
