import { createRequestHandler, type RequestHandler, type ServerBuild } from '@remix-run/node'

/** Which of Remix's request handlers answers a path. */
export type PageHandlers = (pathname: string) => RequestHandler

type Routes = ServerBuild['routes']

/** How a page's data is asked for without the page; `/_root.data` is that of `/`. */
const DATA_SUFFIX = '.data'
const DATA_OF_INDEX = '/_root.data'

/**
 * Remix ranks all routes twice for every request, which is most of what it does until an action
 * runs. So a page whose path is fixed has a handler of its own, which knows no more routes than the
 * page does. What it answers is the same. Everything else goes to a handler that knows all routes.
 *
 * @param build while developing a function, since the routes may be others at the next request
 */
export function createPageHandlers(
  build: ServerBuild | (() => Promise<ServerBuild>),
  mode: string,
): PageHandlers {
  const whole = createRequestHandler(build, mode)
  if (typeof build === 'function') return () => whole
  const byPath = new Map(
    fixedPaths(build.routes).map((path) => [
      path,
      createRequestHandler(onlyRoutes(build, routesOf(path, build.routes)), mode),
    ]),
  )
  return (pathname) => byPath.get(pagePath(pathname)) ?? whole
}

/** Paths without parameters, of routes that lie directly under the root. */
function fixedPaths(routes: Routes): string[] {
  return Object.keys(routes)
    .map((id) => fixedPathOf(id, routes))
    .filter((path) => path !== undefined)
}

function fixedPathOf(id: string, routes: Routes): string | undefined {
  const { parentId, path = '', index } = routes[id]!
  const isLeaf = !Object.values(routes).some((other) => other.parentId === id)
  if (parentId !== 'root' || !isLeaf || (path === '' && !index)) return undefined
  return /[:*?]/.test(path) ? undefined : `/${path}`
}

/** Those on the way to a path: Remix tells the browser at once of the pages above one. */
function routesOf(path: string, routes: Routes): string[] {
  const above = (fixed: string) => fixed === '/' || path === fixed || path.startsWith(`${fixed}/`)
  return Object.keys(routes).filter((id) => {
    const fixed = fixedPathOf(id, routes)
    return id === 'root' || (fixed !== undefined && above(fixed))
  })
}

function onlyRoutes(build: ServerBuild, ids: readonly string[]): ServerBuild {
  const only = <T>(all: Record<string, T>) =>
    Object.fromEntries(ids.map((id) => [id, all[id]!] as const))
  return {
    ...build,
    routes: only(build.routes),
    assets: { ...build.assets, routes: only(build.assets.routes) },
  }
}

function pagePath(pathname: string): string {
  if (pathname === DATA_OF_INDEX) return '/'
  return pathname.endsWith(DATA_SUFFIX) ? pathname.slice(0, -DATA_SUFFIX.length) : pathname
}
