import { createRequestHandler, type RequestHandler, type ServerBuild } from '@remix-run/node'

/** Which of Remix's request handlers answers a path. */
export type PageHandlers = (pathname: string) => RequestHandler

const ROOT = 'root'
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
  const routes = fixedRoutes(build.routes)
  const byPath = new Map(
    [...routes.keys()].map((path) => [
      path,
      createRequestHandler(onlyRoutes(build, onTheWayTo(path, routes)), mode),
    ]),
  )
  return (pathname) => byPath.get(pagePath(pathname)) ?? whole
}

/** The ids of routes directly under the root whose path has no parameters, by that path. */
function fixedRoutes(routes: ServerBuild['routes']): ReadonlyMap<string, string> {
  const parents = new Set(Object.values(routes).map(({ parentId }) => parentId))
  return new Map(
    Object.values(routes)
      .filter(({ id, parentId }) => parentId === ROOT && !parents.has(id))
      .filter(({ path, index }) => (path === undefined ? index : !/[:*?]/.test(path)))
      .map(({ id, path = '' }) => [`/${path}`, id]),
  )
}

/** Remix tells the browser at once of the pages above one. */
function onTheWayTo(path: string, routes: ReadonlyMap<string, string>): string[] {
  const way = [...routes].filter(([above]) => above === '/' || `${path}/`.startsWith(`${above}/`))
  return [ROOT, ...way.map(([, id]) => id)]
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
