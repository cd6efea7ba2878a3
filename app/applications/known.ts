import type { Database } from '~/database/types'
import type { Identity, IdentityCache } from '~/accounts/sessions/identity-cache'
import { linesOf } from './rows'

/** An application as every request to it needs it. It is replaced, never changed. */
export type KnownApplication = {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly publicPaths: readonly string[]
  readonly moreOrigins: readonly string[]
  readonly assertion: boolean
}

/** A thing of which memory may know: at once when it does, after a look at the database otherwise. */
export type Found<T> = T | null | Promise<T | null>

/** The applications from memory, which forgets those that change. */
export function createKnownApplications({
  database,
  cache,
}: {
  database: Pick<Database, 'client'>
  cache: IdentityCache
}) {
  function find(key: string, where: { id: string } | { host: string }): Found<KnownApplication> {
    const remembered = cache.recall<KnownApplication>(key)
    if (remembered) return remembered.value
    return cache.lookUp(key, () => read(where)).then((found) => found?.value ?? null)
  }

  async function read(
    where: { id: string } | { host: string },
  ): Promise<Identity<KnownApplication> | null> {
    const row = await database.client.application.findUnique({ where })
    if (!row) return null
    const { id, name, address, assertion } = row
    const [publicPaths, moreOrigins] = [linesOf(row.publicPaths), linesOf(row.moreOrigins)]
    const value = { id, name, address, assertion, publicPaths, moreOrigins }
    return { dependsOn: [id], value: Object.freeze(value), expiresAt: Infinity }
  }

  // Hashes of secrets have no space in them.
  return {
    byId: (id: string) => find(`application ${id}`, { id }),
    /** @param host its name, without a port */
    byHost: (host: string) => find(`application at ${host}`, { host }),
  }
}

export type KnownApplications = ReturnType<typeof createKnownApplications>
