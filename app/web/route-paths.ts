import type { ServerBuild } from '@remix-run/node'
import { isApiPath } from './authorization'

type Routes = ServerBuild['routes']

/** How the data of a page is asked for without the page. */
const DATA_SUFFIX = '.data'

/**
 * Bounds what a path can cost. Remix's matcher needs seconds for thousands of segments or slashes,
 * so a path that no route can match, because it is deeper than the deepest route or has an empty
 * segment, is exchanged for a short one that leads to the same answer: there is nothing here, in the
 * API's own words below `/api/`.
 *
 * A splat counts as one segment: what lies deeper under it leads nowhere.
 *
 * @returns the path to ask Remix for; found at the same cost for every path, however long
 */
export function createPathBound(routes: Routes): (pathname: string) => string {
  const deepest = Math.max(...Object.keys(routes).map((id) => segmentsOf(id, routes).length))
  const nowhere = '/-'.repeat(deepest + 1)

  function couldMatch(pathname: string): boolean {
    const [, ...segments] = pathname.split('/', deepest + 3)
    // For Remix, a slash at the end of a path changes nothing.
    if (segments.at(-1) === '') segments.pop()
    return segments.length <= deepest && !segments.includes('')
  }

  return (pathname) => {
    if (couldMatch(pathname)) return pathname
    const exchanged = isApiPath(pathname) ? `/api${nowhere}` : nowhere
    return pathname.endsWith(DATA_SUFFIX) ? exchanged + DATA_SUFFIX : exchanged
  }
}

function segmentsOf(id: string, routes: Routes): string[] {
  const { path = '', parentId } = routes[id]!
  const above = parentId === undefined ? [] : segmentsOf(parentId, routes)
  return [...above, ...path.split('/').filter((segment) => segment !== '')]
}
