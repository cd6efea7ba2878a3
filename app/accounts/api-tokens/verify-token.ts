import type { Logger } from 'pino'
import type { Database, Role } from '~/database/types'
import { batchesById } from '../batches'
import { type Clock, seconds } from '../time'
import { hashSecret, secretKey } from '../secret-token'
import type { Identity, IdentityCache } from '../sessions/identity-cache'
import { scopesFor, scopesFromText, type Bearer } from './scopes'
import { looksLikeToken } from './token-text'

export type VerifyToken = {
  /** Whose token it is, with the scopes that its owner's role still carries; null when it opens nothing. */
  verify(text: unknown, ip: string): Promise<Bearer | null>
  /** From memory alone: undefined when memory cannot tell. */
  verifyFromMemory(text: string, ip: string): Bearer | undefined
  /** A token was used that is for an application, and not for our API. */
  noteUse(this: void, tokenId: string, ip: string): void
  /** Writes when and from where tokens were last used. */
  flush(): Promise<void>
}

/** The condition of a token that has not expired; one may be made never to. */
export const unexpiredToken = (now: Date) => ({
  OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
})

/** A use this soon after the last known one from the same address is not news. */
const USE_RESOLUTION = seconds(15)

/** The one answer to "whose token of our API is this?", remembered like sessions. */
export function createVerifyToken({
  database,
  cache,
  clock,
  log,
}: {
  database: Pick<Database, 'client' | 'transaction' | 'lockUnlessHeld'>
  cache: IdentityCache
  clock: Clock
  log: Logger
}): VerifyToken {
  const used = new Map<string, { lastUsedAt: Date; lastUsedIp: string }>()
  const lastUses = new WeakMap<Bearer, { at: number; ip: string }>()

  /** One query, so that token and owner are seen as they were at one moment. */
  async function read(text: string): Promise<Identity<Bearer> | null> {
    const [row] = await database.client.$queryRaw<Row[]>`
      SELECT "ApiToken"."id", "ApiToken"."name", "scopes", "expiresAt",
        "userId", "username", "User"."name" AS "ownName", "email", "role"
      FROM "ApiToken" JOIN "User" ON "User"."id" = "userId"
      WHERE "tokenHash" = ${hashSecret(text)} AND "disabledAt" IS NULL
        AND "applicationId" IS NULL`
    return row ? toIdentity(row) : null
  }

  function use(bearer: Bearer, ip: string): Bearer {
    const at = clock.time()
    const last = lastUses.get(bearer)
    if (last?.ip !== ip || Math.abs(at - last.at) > USE_RESOLUTION) {
      lastUses.set(bearer, { at, ip })
      noteUse(bearer.token.id, ip)
    }
    return bearer
  }

  function noteUse(tokenId: string, ip: string) {
    used.set(tokenId, { lastUsedAt: clock.now(), lastUsedIp: ip })
  }

  async function write(batch: readonly [string, { lastUsedAt: Date; lastUsedIp: string }][]) {
    const held = await database.transaction(async (tx) => {
      const ids = batch.map(([id]) => id)
      const held = await database.lockUnlessHeld(tx, 'ApiToken', ids)
      for (const [id, data] of batch) {
        // An update of a row that is there: a use cannot bring a revoked token back.
        if (!held.has(id)) await tx.apiToken.updateMany({ where: { id }, data })
      }
      return held
    })
    for (const [id, data] of batch) if (!held.has(id) && used.get(id) === data) used.delete(id)
  }

  return {
    async verify(text, ip) {
      if (!looksLikeToken(text)) return null
      const identity = await cache.lookUp(secretKey(text), () => read(text))
      return identity && use(identity.value, ip)
    },
    verifyFromMemory(text, ip) {
      // The cache remembers sessions as well, by their secrets.
      if (!looksLikeToken(text)) return undefined
      const identity = cache.recall<Bearer>(secretKey(text))
      return identity && use(identity.value, ip)
    },
    noteUse,
    async flush() {
      try {
        for (const batch of batchesById(used)) await write(batch)
      } catch (error) {
        log.warn({ err: error }, 'uses of tokens will be written later')
      }
    },
  }
}

type Row = {
  id: string
  name: string
  scopes: string
  expiresAt: Date | null
  userId: string
  username: string
  ownName: string
  email: string
  role: Role
}

function toIdentity(row: Row): Identity<Bearer> {
  const { id, userId, username, email, role } = row
  return {
    dependsOn: [id, userId],
    value: {
      user: { id: userId, username, name: row.ownName, email, role },
      token: {
        id,
        name: row.name,
        scopes: scopesFromText(row.scopes).filter((scope) => scopesFor(role).includes(scope)),
      },
    },
    expiresAt: row.expiresAt?.getTime() ?? Infinity,
  }
}
