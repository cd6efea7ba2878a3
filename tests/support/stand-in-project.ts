import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { until } from './until'

const LONGEST_MS = 60_000
const REAL = [
  'app/server/prepare',
  'app/server/prepare.js',
  'app/database/sqlite/supported-node.js',
]

/**
 * What, given to Node's `--import`, makes it look too old to Latchkey, unless it is the newer one
 * that a test lets it fetch.
 */
export const OLD_NODE = `data:text/javascript,${encodeURIComponent(`
  if (!process.env.NEWER_NODE) {
    Object.defineProperty(process, 'versions', { value: { ...process.versions, napi: '9' } })
  }`)}`

type Started = ChildProcessByStdio<null, Readable, Readable>

/**
 * A project with the real scripts of app/server/prepare and package.json, and stand-ins for the
 * tools that they run (stand-in-tools.js). It is gone after the test, and so is what it started.
 */
export function createProject() {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-prepare-'))
  const at = (file: string) => path.join(folder, file)
  const children = new Set<Started>()
  onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })

  function write(file: string, content = '') {
    mkdirSync(path.dirname(at(file)), { recursive: true })
    writeFileSync(at(file), content)
  }

  const run = (...args: string[]) => spawnHere([process.execPath, ...args])

  function spawnHere([program, ...args]: string[], settings = {}): Started {
    const env = { ...process.env, npm_execpath: at('npm-cli.js'), ...settings }
    Reflect.deleteProperty(env, 'NODE_ENV')
    const child = spawn(program!, args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.add(child)
    return child
  }

  const called = () =>
    existsSync(at('calls.log')) ? readFileSync(at('calls.log'), 'utf8').trim().split('\n') : []

  for (const file of REAL) cpSync(file, at(file), { recursive: true })
  cpSync('tests/support/stand-in-tools.js', at('npm-cli.js'))
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }
  write('package.json', JSON.stringify({ type: 'module', scripts }))
  write('package-lock.json', '{}')
  write('prisma/sqlite/schema.prisma', 'model A {}')
  write('app/root.tsx', 'export {}')

  return {
    at,
    write,
    remove: (file: string) => rmSync(at(file), { recursive: true }),
    has: (file: string) => existsSync(at(file)),
    read: (file: string) => readFileSync(at(file), 'utf8'),
    list: (folder: string) => readdirSync(at(folder)),
    /** The tools that ran, in order, since the last look. */
    calls() {
      const lines = called()
      rmSync(at('calls.log'), { force: true })
      return lines
    },
    called: (name: string) => until(() => called().includes(name), { timeout: LONGEST_MS }),
    launch: (...args: string[]) => run(at('app/server/prepare.js'), ...args),
    /** By a Node that is too old. */
    launchOld: (...args: string[]) =>
      run('--import', OLD_NODE, at('app/server/prepare.js'), ...args),
    run,
    /** By the real npm, which finds nothing to install. */
    npmStart: (settings?: Record<string, string>) => spawnHere([...npm(), 'start'], settings),
  }
}

/** npm as it started these tests, or the one on the PATH. */
export function npm() {
  const { npm_execpath: script } = process.env
  return script ? [process.execPath, script] : ['npm']
}

/** Resolves when the process has ended, to its exit code and to what it said. */
export async function finished(child: Started) {
  let output = ''
  let printed = ''
  child.stderr.on('data', (chunk) => (output += chunk))
  child.stdout.on('data', (chunk) => {
    output += chunk
    printed += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output, printed }
}
