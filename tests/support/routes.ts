import { fileURLToPath } from 'node:url'

/** A route of the built app, as its manifest has it. */
export type BuiltRoute = {
  id: string
  /** An address that leads to it. */
  path: string
  hasLoader: boolean
  hasAction: boolean
  isPage: boolean
}

type ManifestEntry = {
  id: string
  path?: string
  parentId?: string
  module: { loader?: unknown; action?: unknown; default?: unknown }
}

/** Ids of nothing that is there, for tests that are not about it. */
const NOWHERE = { applicationId: 'wiki', groupId: 'staff' }

const BUILD = fileURLToPath(new URL('../../build/server/index.js', import.meta.url))

/**
 * Every route there is, read from the build, so that a new one cannot be forgotten.
 *
 * @param params what to put where a path has a parameter, like the id of `/users/:userId`
 */
export async function readRoutes(params: Record<string, string> = {}): Promise<BuiltRoute[]> {
  const { routes } = (await import(/* @vite-ignore */ BUILD)) as {
    routes: Record<string, ManifestEntry>
  }
  return Object.values(routes).map((route) => ({
    id: route.id,
    path: `/${segmentsOf(route, routes)
      .map(filled({ ...NOWHERE, ...params }))
      .join('/')}`,
    hasLoader: route.module.loader !== undefined,
    hasAction: route.module.action !== undefined,
    isPage: route.module.default !== undefined,
  }))
}

function segmentsOf(route: ManifestEntry, routes: Record<string, ManifestEntry>): string[] {
  const parent = route.parentId === undefined ? undefined : routes[route.parentId]
  const own = route.path?.split('/').filter(Boolean) ?? []
  return [...(parent ? segmentsOf(parent, routes) : []), ...own]
}

const filled = (params: Record<string, string>) => (segment: string) => {
  if (segment === '*') return 'no/such/page'
  const name = /^:(\w+)\??$/.exec(segment)?.[1]
  if (name === undefined) return segment
  const value = params[name]
  if (value === undefined) throw new Error(`Say what to put for :${name}`)
  return value
}

/** Where browsers fetch a route's data when they do not load the page anew. */
export const dataPath = (path: string): string => (path === '/' ? '/_root.data' : `${path}.data`)
