import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'

/** Answers with a file of the browser's build, or calls `next`. */
export type StaticFiles = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void

type StaticFile = {
  headers: Record<string, string>
  /** The file as it is, and as the build compressed it. */
  bodies: { identity: Buffer; br?: Buffer; gzip?: Buffer }
}

/**
 * The browser's build, read into memory at the start: it is small, and a build that replaces the
 * folder beside a running server must not pull the files from under it.
 *
 * @param folder the browser's build
 */
export function createStaticFiles(folder: string): StaticFiles {
  const files = readFiles(folder)

  return (request, response, next) => {
    const file = request.method === 'POST' ? undefined : files.get(pathOf(request))
    if (!file) return next()
    const { headers, bodies } = file
    if (request.headers['if-none-match'] === headers.ETag) {
      return void response.writeHead(304, headers).end()
    }
    const encoding = chooseEncoding(request.headers['accept-encoding'], bodies)
    const body = bodies[encoding] ?? bodies.identity
    response.writeHead(200, {
      ...headers,
      ...(encoding !== 'identity' && { 'Content-Encoding': encoding }),
      'Content-Length': body.length,
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}

const pathOf = ({ url = '' }: IncomingMessage) => url.split('?', 1)[0]!

function readFiles(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    const type = TYPES[extname(file)]
    if (!entry.isFile() || type === undefined) continue
    const path = `/${relative(folder, file).split(sep).join('/')}`
    const identity = readFileSync(file)
    files.set(path, {
      headers: {
        'Content-Type': type,
        'Cache-Control': cacheControl(path),
        ETag: `"${hash('sha256', identity, 'base64url').slice(0, 22)}"`,
        Vary: 'Accept-Encoding',
      },
      bodies: {
        identity,
        ...readIfThere(`${file}.br`, 'br'),
        ...readIfThere(`${file}.gz`, 'gzip'),
      },
    })
  }
  return files
}

function readIfThere(file: string, name: 'br' | 'gzip'): { br?: Buffer; gzip?: Buffer } {
  try {
    return { [name]: readFileSync(file) }
  } catch {
    return {}
  }
}

/** Every type that the build makes. A file of another type is not served. */
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
}

/** Names under /assets carry a hash of their content, so what they name never changes. */
function cacheControl(path: string): string {
  return path.startsWith('/assets/')
    ? 'public, max-age=31536000, immutable'
    : 'public, max-age=3600'
}

function chooseEncoding(
  accepted: string | string[] | undefined,
  bodies: StaticFile['bodies'],
): keyof StaticFile['bodies'] {
  const names = String(accepted ?? '')
    .split(',')
    .filter((choice) => !/;\s*q=0(\.0*)?\s*$/.test(choice))
    .map((choice) => choice.split(';', 1)[0]!.trim())
  return (
    (['br', 'gzip'] as const).find((name) => bodies[name] && names.includes(name)) ?? 'identity'
  )
}
