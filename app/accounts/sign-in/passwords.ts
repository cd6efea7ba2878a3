import { createHmac, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { genSaltSync, getRounds } from 'bcryptjs'
import { Piscina } from 'piscina'
import type { Database } from '~/database/types'
import { minutes } from '../time'

/** bcrypt's cost: 2^11 rounds take about a sixth of a second. When it is raised, hashes follow at sign-in. */
export const PASSWORD_COST = 11

/** More waiting sign-ins than this are turned away: they would wait longer than people do. */
const MAX_WAITING = 100

/**
 * bcrypt reads 72 bytes and stops at a NUL. Hashing first makes long passwords count whole; the
 * label keeps these digests apart from any others of the same passwords.
 */
const LABEL = 'latchkey password v1'

/** Thrown when too many passwords are waiting to be checked. Nothing was decided. */
export class PasswordsBusy extends Error {
  override name = 'PasswordsBusy'

  constructor() {
    super('Too many sign-ins at once')
  }
}

export type PasswordCheck =
  | { matches: false }
  /** Outdated: made at another cost than now, or from another Unicode form. To be made anew. */
  | { matches: true; outdated: boolean }

export type Passwords = {
  hash: (password: string) => Promise<string>
  /**
   * Whether the password is the one behind the hash. A wrong one takes the same time whatever the
   * hash's cost is, and without any (no such user, no password yet).
   */
  verify: (password: string, hash: string | undefined) => Promise<PasswordCheck>
  close: () => Promise<void>
}

/**
 * Passwords hashed with bcrypt, in worker threads.
 *
 * @param highestStored the highest cost of the hashes that there are already
 */
export function createPasswords({ cost = PASSWORD_COST, highestStored = 0 } = {}): Passwords {
  const pool = new Piscina({
    filename: new URL('./password-worker.js', import.meta.url).href,
    // Made for the first who signs in, and kept while people do: a start need not wait for it.
    minThreads: 0,
    idleTimeout: minutes(10),
    // One core is left to the main thread, which answers everybody else.
    maxThreads: Math.max(1, availableParallelism() - 1),
    maxQueue: MAX_WAITING,
  })

  async function run(job: Record<string, unknown>): Promise<unknown> {
    try {
      return await pool.run(job)
    } catch (error) {
      if (error instanceof Error && error.message.includes('queue is at limit')) {
        throw new PasswordsBusy()
      }
      throw error
    }
  }

  const highest = Math.max(cost, highestStored)
  const dummies = Array.from({ length: highest + 1 }, (_, rounds) => dummyHash(rounds))

  return {
    async hash(password) {
      return (await run({ task: 'hash', text: digest(password.normalize('NFC')), cost })) as string
    },
    async verify(password, knownHash) {
      const texts = unicodeForms(password).map(digest)
      const hash = knownHash ?? dummies[highest]!
      // 2^c + (2^c + 2^(c+1) + … + 2^(h-1)) is 2^h rounds, whatever c is.
      const fillers = dummies.slice(getRounds(hash), highest)
      const found = (await run({ task: 'compare', texts, hash, fillers })) as number
      if (found < 0 || knownHash === undefined) return { matches: false }
      return { matches: true, outdated: found > 0 || getRounds(knownHash) !== cost }
    },
    close: () => pool.destroy(),
  }
}

/** The highest cost of the hashes that there are; 0 without any. */
export async function highestStoredCost({ client }: Database): Promise<number> {
  // "$2b$11$…": two digits, which compare as text like numbers.
  const [row] = await client.$queryRaw<{ cost: string | null }[]>`
    SELECT MAX(substr("hash", 5, 2)) AS "cost" FROM "Password"`
  return Number(row?.cost ?? 0)
}

/**
 * A password as it is hashed (NFC, since keyboards and password managers send the same one in
 * different forms), and as hashes of earlier versions may have been made of it: exactly as it was
 * sent. How many there are says nothing but what was typed.
 */
const unicodeForms = (password: string): string[] => [
  ...new Set([password.normalize('NFC'), password, password.normalize('NFD')]),
]

/**
 * What looks like a hash of this cost, so that comparing with it takes as long as with any, and was
 * drawn by lot, so that no password is known to match and a start need not wait for a real one.
 */
function dummyHash(cost: number): string {
  const drawn = randomBytes(DRAWN_BYTES).toString('base64').replaceAll('+', '.')
  return genSaltSync(cost) + drawn.slice(0, HASH_LENGTH - SALT_LENGTH)
}

const SALT_LENGTH = 29
const HASH_LENGTH = 60
const DRAWN_BYTES = 24

/** 64 characters whatever the password's length. */
function digest(password: string): string {
  return createHmac('sha384', LABEL).update(password).digest('base64')
}
