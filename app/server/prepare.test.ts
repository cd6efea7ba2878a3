import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

const SLOWEST_STEP_MS = 20_000

// A project with the real prepare scripts and stand-ins for the tools that they run. Each stand-in
// writes its name to calls.log.
let project: string
const children = new Set<ChildProcess>()

const at = (file: string) => path.join(project, file)
const read = (file: string) => readFileSync(at(file), 'utf8')

function write(file: string, content: string) {
  mkdirSync(path.dirname(at(file)), { recursive: true })
  writeFileSync(at(file), content)
}

// One that has been started already, to copy.
let startedProject: string

beforeAll(async () => {
  startedProject = project = createProject()
  await start()
  forgetCalls()
})

beforeEach(() => {
  project = createProject()
})

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  rmSync(project, { recursive: true, force: true })
})

afterAll(() => rmSync(startedProject, { recursive: true, force: true }))

describe('npm start', () => {
  it('ends with a sentence and the tool’s words when the install fails', async () => {
    write('npm-fails', '')
    const { code, output } = await start()
    expect(code).toBe(1)
    expect(output).toContain('the registry is on fire')
    expect(output).toContain('Failed: Installing packages')
    expect(output).not.toContain('    at ')
  })

  it('starts over after an install that failed', async () => {
    write('npm-fails', '')
    await start()
    rmSync(at('npm-fails'))
    expect(await start()).toMatchObject({ code: 0 })
    expect(calls()).toEqual(['npm ci', 'npm ci', 'prisma', 'remix', 'vite'])
  })

  it('keeps the former build, and builds again, after a build that was killed', async () => {
    startedBefore()
    write('app/root.tsx', 'export const changed = true')
    write('remix-hangs', '')
    const child = launch()
    await vi.waitUntil(() => calls().includes('remix'), { timeout: SLOWEST_STEP_MS })
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(existsSync(at('build/node/main.js'))).toBe(true)

    rmSync(at('remix-hangs'))
    forgetCalls()
    expect(await start()).toMatchObject({ code: 0 })
    expect(calls()).toEqual(['remix', 'vite'])
  })

  it('installs, generates and builds once when two start at the same time', async () => {
    const both = await Promise.all([start(), start()])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(calls()).toEqual(['npm ci', 'prisma', 'remix', 'vite'])
  })

  it('does nothing of it the second time', async () => {
    startedBefore()
    const { code, output } = await start()
    expect({ code, output: output.trim() }).toEqual({ code: 0, output: 'started in production' })
    expect(calls()).toEqual([])
  })

  it('builds, and installs nothing, when the sources changed', async () => {
    startedBefore()
    write('app/root.tsx', 'export const changed = true')
    await start()
    expect(calls()).toEqual(['remix', 'vite'])
  })

  it('does not build because a test changed', async () => {
    startedBefore()
    write('app/root.test.tsx', 'export {}')
    await start()
    expect(calls()).toEqual([])
  })

  it('installs only the difference when the lock changed', async () => {
    startedBefore()
    lockPackages({ 'better-sqlite3': '1.0.0', cookie: '2.0.0' })
    await start()
    expect(calls()).toEqual(['npm install', 'prisma', 'remix', 'vite'])
  })

  it('does not believe that a package is there because npm wrote it down', async () => {
    startedBefore()
    lockPackages({ 'better-sqlite3': '1.0.0', cookie: '2.0.0' })
    write('node_modules/.package-lock.json', read('package-lock.json'))
    await start()
    expect(calls()[0]).toBe('npm install')
    expect(JSON.parse(read('node_modules/cookie/package.json'))).toMatchObject({ version: '2.0.0' })
  })

  it('takes the packages that npm itself installed', async () => {
    await runNpm()
    forgetCalls()
    await start()
    expect(calls()).toEqual(['prisma', 'remix', 'vite'])
  })

  it('compiles native packages again when they do not load', async () => {
    startedBefore()
    rmSync(at('node_modules/.latchkey'))
    write('node_modules/better-sqlite3/index.js', 'throw new Error("another Node")')
    await start()
    expect(calls()).toEqual(['npm rebuild'])
  })

  it('runs a build without the packages that only building needs', async () => {
    lockPackages({ 'better-sqlite3': '1.0.0' }, { prettier: '1.0.0' })
    await start()
    forgetCalls()
    await runNpm('prune')
    expect(await start()).toMatchObject({ code: 0 })
    expect(calls()).toEqual(['npm prune'])

    write('app/root.tsx', 'export const changed = true')
    await start()
    expect(calls()).toEqual(['npm prune', 'npm install', 'remix', 'vite'])
  })
})

describe('npm run latchkey', () => {
  it('prints only what the command prints, and ends with its code', async () => {
    startedBefore()
    write('app/root.tsx', 'export const changed = true')
    const first = await finished(launch('cli', 'users', 'list'))
    expect(first).toMatchObject({ code: 3, printed: 'ran users list\n' })
  })
})

function createProject() {
  project = mkdtempSync(path.join(tmpdir(), 'latchkey-prepare-'))
  cpSync('app/server/prepare', at('app/server/prepare'), { recursive: true })
  cpSync('app/server/prepare.js', at('app/server/prepare.js'))
  cpSync('tests/support/stand-in-tools.js', at('npm.js'))
  write('package.json', '{ "type": "module" }')
  write('prisma/sqlite/schema.prisma', 'model A {}')
  write('app/root.tsx', 'export {}')
  lockPackages({ 'better-sqlite3': '1.0.0', cookie: '1.0.0' })
  return project
}

function startedBefore() {
  cpSync(startedProject, project, { recursive: true })
}

const start = () => finished(launch('start'))
const runNpm = (...args: string[]) => finished(run(at('npm.js'), ...(args.length ? args : ['ci'])))

const launch = (...args: string[]) =>
  run(at('app/server/prepare.js'), ...(args.length ? args : ['start']))

function run(...args: string[]) {
  const env = { ...process.env, npm_execpath: at('npm.js') }
  Reflect.deleteProperty(env, 'NODE_ENV')
  const child = spawn(process.execPath, args, { cwd: project, env })
  children.add(child)
  return child
}

async function finished(child: ReturnType<typeof run>) {
  let output = ''
  let printed = ''
  child.stderr.on('data', (chunk) => (output += chunk))
  child.stdout.on('data', (chunk) => {
    output += chunk
    printed += chunk
  })
  const [code] = await once(child, 'close')
  return { code, output, printed }
}

const calls = () => (existsSync(at('calls.log')) ? read('calls.log').trim().split('\n') : [])
const forgetCalls = () => rmSync(at('calls.log'), { force: true })

function lockPackages(
  production: Record<string, string>,
  development: Record<string, string> = {},
) {
  const entry = (version: string, dev: boolean) => ({ version, ...(dev && { dev }) })
  const packages = Object.fromEntries([
    ...Object.entries(production).map(([name, v]) => [`node_modules/${name}`, entry(v, false)]),
    ...Object.entries(development).map(([name, v]) => [`node_modules/${name}`, entry(v, true)]),
  ])
  write('package-lock.json', JSON.stringify({ packages }))
}
