import type { IncomingMessage, ServerResponse } from 'node:http'
import sirv from 'sirv'

/** Answers with a file of the browser's build, or calls `next`. */
export type StaticFiles = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void

/** @param folder the browser's build */
export function createStaticFiles(folder: string): StaticFiles {
  const serve = sirv(folder, {
    etag: true,
    // The build compresses each file once; nothing is compressed while somebody waits.
    brotli: true,
    gzip: true,
    setHeaders(response, path) {
      response.setHeader('Cache-Control', cacheControl(path))
    },
  })
  return (request, response, next) => {
    if (request.method === 'POST') next()
    else serve(request, response, next)
  }
}

/** Names under /assets carry a hash of their content, so what they name never changes. */
function cacheControl(path: string): string {
  return path.startsWith('/assets/')
    ? 'public, max-age=31536000, immutable'
    : 'public, max-age=3600'
}
