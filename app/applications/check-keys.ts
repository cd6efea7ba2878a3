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

/** The first key is made at the account site; with it the browser is given a cookie, and the second. */
export type CheckStep = 'first' | 'second'

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
    async make(applicationId: string, step: CheckStep): Promise<string> {
      const now = Math.floor(clock.time() / 1000)
      return new SignJWT({ step })
        .setProtectedHeader({ alg: 'ES256', typ: TYPE })
        .setAudience(applicationId)
        .setJti(randomUUID())
        .setExpirationTime(now + LIFE / 1000)
        .sign((await signing()).private)
    },

    /** Which step the key is for; null when it is none for this application, or was used. */
    async use(applicationId: string, key: string): Promise<CheckStep | null> {
      try {
        const { payload } = await jwtVerify<{ step: CheckStep }>(key, (await signing()).public, {
          typ: TYPE,
          audience: applicationId,
          algorithms: ['ES256'],
          currentDate: clock.now(),
        })
        const { points } = await database.count(`check:${payload.jti}`, 1, LIFE)
        return points === 1 ? payload.step : null
      } catch (error) {
        if (isWrongKey(error)) return null
        throw error
      }
    },
  }
}

const isWrongKey = (error: unknown) =>
  error instanceof Error && 'code' in error && /^ERR_J/.test(String(error.code))
