import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type JWK,
} from 'jose'
import { isUniqueViolation } from '~/database/errors'
import type { Database } from '~/database/types'
import { seconds, type Clock } from '~/accounts/time'
import type { KnownApplication } from './known'
import type { VerifiedVisitor } from './visitors'

/*
 * Who somebody is, signed: for applications that do not want to rely on nobody but the proxy reaching
 * them. A JSON Web Token (RFC 7519) of a type of its own, so that it is taken for nothing else, and
 * for one application.
 */

const ALGORITHM = 'ES256'
export const ASSERTION_TYPE = 'latchkey-assertion+jwt'
const LIFE = seconds(60)
/** Signing costs more than everything else about a request, so that one is used for a while. */
const REUSED_FOR = seconds(20)
/** The row of the key. There is one; it is made when it is first needed. */
const KEY_ROW = 'assertions'

export function createAssertions({
  database,
  clock,
  site,
}: {
  database: Pick<Database, 'client'>
  clock: Clock
  /** ORIGIN, who signs. */
  site: string
}) {
  const { client } = database
  const made = new WeakMap<VerifiedVisitor, { at: number; text: Promise<string> }>()
  let loaded: ReturnType<typeof loadKey> | undefined

  async function loadKey() {
    const jwk = (await readJwk()) ?? (await makeJwk())
    const { d: _, ...publicJwk } = jwk
    return {
      publicJwk,
      private: (await importJWK(jwk, ALGORITHM)) as CryptoKey,
      public: (await importJWK(publicJwk, ALGORITHM)) as CryptoKey,
    }
  }

  /** Not remembered when it fails: the database may be back at the next request. */
  function signingKey() {
    loaded ??= loadKey().catch((error: unknown) => {
      loaded = undefined
      throw error
    })
    return loaded
  }

  async function readJwk(): Promise<JWK | undefined> {
    const row = await client.signingKey.findUnique({ where: { id: KEY_ROW } })
    return row ? (JSON.parse(row.jwk) as JWK) : undefined
  }

  async function makeJwk(): Promise<JWK> {
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
    const jwk = await exportJWK(privateKey)
    const complete = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: 'sig' }
    try {
      const data = { id: KEY_ROW, jwk: JSON.stringify(complete), createdAt: clock.now() }
      await client.signingKey.create({ data })
      return complete
    } catch (error) {
      // Another node was first: there is one key.
      const theirs = isUniqueViolation(error) ? await readJwk() : undefined
      if (theirs) return theirs
      throw error
    }
  }

  async function sign({ value: { user } }: VerifiedVisitor, { address }: KnownApplication) {
    const { publicJwk, private: key } = await signingKey()
    const { username, name, email, groups } = user
    const now = Math.floor(clock.time() / 1000)
    return new SignJWT({ preferred_username: username, name, ...(email && { email }), groups })
      .setProtectedHeader({
        alg: ALGORITHM,
        typ: ASSERTION_TYPE,
        ...(publicJwk.kid && { kid: publicJwk.kid }),
      })
      .setIssuer(site)
      .setAudience(address)
      .setSubject(user.id)
      .setIssuedAt(now)
      .setExpirationTime(now + LIFE / 1000)
      .sign(key)
  }

  return {
    /** The assertion about a visitor for the application that they come to. */
    assert(visitor: VerifiedVisitor, application: KnownApplication): Promise<string> {
      const before = made.get(visitor)
      if (before && Math.abs(clock.time() - before.at) < REUSED_FOR) return before.text
      const text = sign(visitor, application)
      made.set(visitor, { at: clock.time(), text })
      text.catch(() => made.delete(visitor))
      return text
    },
    /** What applications verify it with (RFC 7517). */
    async publicKeys(): Promise<{ keys: JWK[] }> {
      return { keys: [(await signingKey()).publicJwk] }
    },
    /** The key itself, for what else is signed for a moment. */
    signingKey,
  }
}
