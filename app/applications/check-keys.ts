import { jwtVerify, SignJWT } from 'jose'
import { randomUUID } from 'node:crypto'
import type { Database } from '~/database/types'
import { minutes, type Clock } from '~/accounts/time'

/*
 * Keys for the page that checks the connection of an application: it says how requests arrive here, to
 * whoever comes with a key that an administrator has just made. A key works once.
 */

const LIFE = minutes(2)
const TYPE = 'latchkey-check+jwt'

/**
 * The first key is made at the account site; with it the browser is given a cookie, and the second. That
 * of the question is a cookie of the request about which the proxy then asks. What arrived with its
 * question is in the last, which leads back to the report: the question may come to another node.
 */
type CheckStep = 'first' | 'second' | 'question' | 'asked'

/** How the proxy's question about a request of the check arrived. */
export type ArrivedQuestion = {
  isNginx: boolean
  /** Path and query at which it was asked. */
  url: string
  /** What it says under each name that counts, as often as that came. */
  headers: Record<string, string[]>
  /** The visitor's address, by TRUST_PROXY. */
  address: string
  /** Whether its connection ends with it. */
  closes: boolean
}

export type CheckKey = {
  id: string
  applicationId: string
  step: CheckStep
  /** In the key of the last step. */
  arrived?: ArrivedQuestion | undefined
}

type Claims = Pick<CheckKey, 'step' | 'arrived'>
type Signing = () => Promise<{ private: CryptoKey; public: CryptoKey }>

export function createCheckKeys({
  signing,
  database,
  clock,
}: {
  signing: Signing
  database: Pick<Database, 'count'>
  clock: Clock
}) {
  return {
    /** How long a key is good for, in seconds. */
    lifeSeconds: LIFE / 1000,

    async make(applicationId: string, step: CheckStep, arrived?: ArrivedQuestion): Promise<string> {
      const now = Math.floor(clock.time() / 1000)
      return new SignJWT({ step, arrived } satisfies Claims)
        .setProtectedHeader({ alg: 'ES256', typ: TYPE })
        .setAudience(applicationId)
        .setJti(randomUUID())
        .setExpirationTime(now + LIFE / 1000)
        .sign((await signing()).private)
    },

    /** What a key says; null when it is none, or too old. It may have been used. */
    async read(key: string): Promise<CheckKey | null> {
      try {
        const { payload } = await jwtVerify<Claims>(key, (await signing()).public, {
          typ: TYPE,
          algorithms: ['ES256'],
          requiredClaims: ['aud', 'jti', 'exp'],
          currentDate: clock.now(),
        })
        const { jti, aud, step, arrived } = payload
        return { id: String(jti), applicationId: String(aud), step, arrived }
      } catch (error) {
        if (isWrongKey(error)) return null
        throw error
      }
    },

    /** Whether the key was not used before, on any node. */
    async use({ id }: CheckKey): Promise<boolean> {
      const { points } = await database.count(`check:${id}`, 1, LIFE)
      return points === 1
    },
  }
}

const isWrongKey = (error: unknown) =>
  error instanceof Error && 'code' in error && /^ERR_J/.test(String(error.code))
