import { createHmac, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { genSaltSync, getRounds } from 'bcryptjs'
import { Piscina } from 'piscina'
import { minutes } from '../duration'
import { PASSWORD_COST } from './password-cost'

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

export type Passwords = {
  hash(password: string): Promise<string>
  /**
   * Whether the password is the one behind the hash. Without a hash (no such user, no password yet)
   * it takes the same time and says no.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>
  /** Whether a hash was made with another cost than passwords get now. */
  isOutdated(hash: string): boolean
  close(): Promise<void>
}

/** Passwords hashed with bcrypt, in worker threads. */
export async function createPasswords({ cost = PASSWORD_COST } = {}): Promise<Passwords> {
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

  const hash = async (password: string) =>
    (await run({ task: 'hash', text: digest(password), cost })) as string

  const nobodysHash = hashOfNothing(cost)

  return {
    hash,
    async verify(password, knownHash) {
      const text = digest(password)
      const matches = await run({ task: 'compare', text, hash: knownHash ?? nobodysHash })
      return matches === true && knownHash !== undefined
    },
    isOutdated: (knownHash) => getRounds(knownHash) !== cost,
    close: () => pool.destroy(),
  }
}

/**
 * What looks like a hash of this cost, so that comparing with it takes as long as with any, and was
 * drawn by lot, so that no password is known to match and a start need not wait for a real one.
 */
function hashOfNothing(cost: number): string {
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
