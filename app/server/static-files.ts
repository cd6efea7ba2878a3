import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname } from 'node:path'
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
      const type = TEXT_TYPES[extname(path)]
      if (type) response.setHeader('Content-Type', `${type}; charset=utf-8`)
    },
  })
  return (request, response, next) => {
    if (request.method === 'POST') next()
    else serve(request, response, next)
  }
}

/** For these sirv names no charset, and each browser would guess its own. */
const TEXT_TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webmanifest': 'application/manifest+json',
}

/** Names under /assets carry a hash of their content, so what they name never changes. */
function cacheControl(path: string): string {
  return path.startsWith('/assets/')
    ? 'public, max-age=31536000, immutable'
    : 'public, max-age=3600'
}
