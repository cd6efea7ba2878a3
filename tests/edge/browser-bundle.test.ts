import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const CLIENT = 'build/client'

const files = readdirSync(CLIENT, { recursive: true, encoding: 'utf8' })
const scripts = files.filter((name) => name.endsWith('.js'))
const bundle = scripts.map((name) => readFileSync(path.join(CLIENT, name), 'utf8')).join('\n')

// A package is told by a text of its own that survives minification. The second column is where
// that text comes from, so that a new version of the package cannot blind the test.
const serverPackages = [
  [
    '@prisma/client',
    'node_modules/@prisma/client/runtime/client.js',
    'PrismaClientKnownRequestError',
  ],
  ['the generated client', 'app/database/generated/sqlite/internal/class.ts', 'query_compiler'],
  ['bcryptjs', 'node_modules/bcryptjs/index.js', 'Illegal salt length'],
  ['better-sqlite3', 'node_modules/better-sqlite3/lib/database.js', 'Misspelled option "readOnly"'],
  ['piscina', 'node_modules/piscina/dist/errors.js', 'Task queue is at limit'],
  ['pino', 'node_modules/pino/lib/levels.js', 'levels cannot be overridden'],
  ['ws', 'node_modules/ws/lib/sender.js', 'The data size must not be greater than 125 bytes'],
  [
    'zxcvbn-ts',
    'node_modules/@zxcvbn-ts/language-common/dist/passwords.json.mjs',
    'AqwertyA123456789',
  ],
] as const

type Piece = { module: string; imports?: string[] }
type Manifest = { entry: Piece; routes: Record<string, Piece> }

/** All that a page of this route is given, as Remix's manifest has it; with the manifest. */
function scriptsOf(route: string): string[] {
  const name = scripts.find((one) => path.basename(one).startsWith('manifest-'))!
  const text = readFileSync(path.join(CLIENT, name), 'utf8')
  const { entry, routes } = JSON.parse(text.replace(/^[^{]*|;$/g, '')) as Manifest
  const pieces = [entry, routes.root!, routes[route]!]
  return [...new Set([name, ...pieces.flatMap(({ module, imports = [] }) => [module, ...imports])])]
}

/** Small ones are sent as they are. */
function bytesAsSent(name: string): number {
  const file = path.join(CLIENT, name)
  return statSync(existsSync(`${file}.br`) ? `${file}.br` : file).size
}

describe('the browser bundle', () => {
  it('is there, and holds the pages', () => {
    expect(bundle).toContain('hydrateRoot')
  })

  it.each(serverPackages)('carries nothing of %s', (_, source, text) => {
    expect(readFileSync(source, 'utf8')).toContain(text)
    expect(bundle).not.toContain(text)
  })

  it('carries what passkeys need apart, so that pages load it when they need it', () => {
    const text = 'WebAuthn is not supported in this browser'
    const source = 'node_modules/@simplewebauthn/browser/esm/methods/startAuthentication.js'
    expect(readFileSync(source, 'utf8')).toContain(text)
    const contents = scripts.map((name) => readFileSync(path.join(CLIENT, name), 'utf8'))
    const [own, ...others] = scripts.filter((_, index) => contents[index]!.includes(text))
    expect(others).toEqual([])
    const imported = new RegExp(`(?:from|import)"\\./${path.basename(own!)}"`)
    expect(contents.filter((script) => imported.test(script))).toEqual([])
  })

  // Of two that import each other, one would run before what it needs is there.
  it('has no piece that imports itself by way of others', () => {
    const imported = new Map(
      scripts.map((name) => {
        const text = readFileSync(path.join(CLIENT, name), 'utf8')
        const found = text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)
        return [path.basename(name), [...found].map(([, piece]) => piece!)]
      }),
    )
    const allOf = (piece: string, found = new Set<string>()): Set<string> => {
      for (const one of imported.get(piece) ?? []) if (!found.has(one)) allOf(one, found.add(one))
      return found
    }
    expect([...imported.values()].flat()).not.toHaveLength(0)
    expect([...imported.keys()].filter((piece) => allOf(piece).has(piece))).toEqual([])
  })

  // React and Remix alone are 71 kB of it. What a page is given goes up with the first careless import.
  it.each([
    ['routes/login', 87_000],
    ['routes/profile', 95_000],
  ])('of %s is in at most nine files, and of %i bytes as they are sent', (route, most) => {
    const sent = scriptsOf(route)
    expect(sent).toContainEqual(expect.stringMatching(/framework/))
    expect(sent.length).toBeLessThanOrEqual(9)
    expect(sent.map(bytesAsSent).reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(most)
  })

  it('asks for no module of Node', () => {
    expect(bundle).not.toMatch(/["'`]node:[a-z]/)
    expect([bundle, ...files].join('\n')).not.toContain('__vite-browser-external')
  })

  it('does not give away the sources', () => {
    expect(files.filter((name) => name.endsWith('.map'))).toEqual([])
    expect(bundle).not.toContain('sourceMappingURL')
  })

  it('brings its text compressed', () => {
    const largest = scripts.find((name) => name.startsWith(path.join('assets', 'framework')))
    expect(files).toContain(`${largest}.br`)
    expect(files).toContain(`${largest}.gz`)
  })
})
