import { createHash } from 'node:crypto'
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { oneAtATime } from './lock.js'
import { npm, packageScript, runStep } from './run.js'

/**
 * Something that is made from files, and made again when they have changed. The stamp holds the
 * hash of the files that it was made from the last time; it lies in what was made and goes with it.
 *
 * @typedef {{ stamp: string, sources: string[], make: () => Promise<void> }} Step
 */

/** @type {Step} */
export const packages = {
  stamp: 'node_modules/.latchkey',
  sources: ['package-lock.json'],
  make: () => runStep('Installing packages…', [...npm(), 'ci', '--include=dev']),
}

/** @type {Step} The typed database clients, one for each provider. */
export const clients = {
  stamp: 'app/database/generated/.stamp',
  sources: ['prisma', 'prisma.config.ts', 'package-lock.json'],
  make: generateClients,
}

/** @type {Step} The pages and the server. */
export const build = {
  stamp: 'build/stamp',
  sources: [
    'app',
    'prisma',
    'public',
    'package.json',
    'package-lock.json',
    'remix.config.js',
    'tsconfig.json',
    'vite.config.ts',
    'vite.server.config.ts',
  ],
  make: buildBesideTheOldOne,
}

const NOT_BUILT_FROM = /(?:^|[/\\])generated(?:[/\\]|$)|\.test\.[jt]sx?$/
const LEFT_OVER = /^build\.(?:next-\d+|previous)$/

/**
 * Makes what changed since the last time, one after another; takes milliseconds when nothing did.
 * Interrupted at any moment, it starts over with the step that was not finished.
 *
 * @param {Step[]} steps
 */
export async function bringUpToDate(...steps) {
  if (steps.every(isCurrent)) return
  await oneAtATime(async () => {
    for (const step of steps) if (!isCurrent(step)) await make(step)
  })
}

/** @param {Step} step */
function isCurrent({ stamp, sources }) {
  return contentOf(stamp)?.toString() === fingerprint(sources)
}

/** @param {Step} step */
async function make({ stamp, sources, make }) {
  // Taken first: what changes meanwhile is then made by the next start.
  const current = fingerprint(sources)
  rmSync(stamp, { force: true })
  await make()
  writeFileSync(stamp, current)
}

async function generateClients() {
  const providers = readdirSync('prisma').filter((name) =>
    existsSync(path.join('prisma', name, 'schema.prisma')),
  )
  for (const provider of providers) {
    const args = ['generate', '--schema', `prisma/${provider}`]
    await runStep(`Generating the database client (${provider})…`, [
      ...packageScript('prisma/build/index.js'),
      ...args,
    ])
  }
}

async function buildBesideTheOldOne() {
  for (const name of readdirSync('.').filter((name) => LEFT_OVER.test(name))) remove(name)
  // The name is the process's own: the tools of a build that was killed may still write to theirs.
  const next = `build.next-${process.pid}`
  const env = { NODE_ENV: 'production', BUILD_FOLDER: next }
  const remix = [...packageScript('@remix-run/dev/dist/cli.js'), 'vite:build']
  const vite = [...packageScript('vite/bin/vite.js'), 'build', '--config', 'vite.server.config.ts']
  await runStep('Building the pages…', remix, env)
  await runStep('Building the server…', [...vite, '--outDir', `${next}/node`], env)
  if (existsSync('build')) renameSync('build', 'build.previous')
  renameSync(next, 'build')
  remove('build.previous')
}

/** @param {string} folder */
function remove(folder) {
  rmSync(folder, { recursive: true, force: true })
}

/**
 * A hash of what the files hold, not of when they were written: a checkout changes dates.
 *
 * @param {string[]} paths files and folders; tests and generated code do not count
 */
function fingerprint(paths) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\0`)
  for (const file of paths.flatMap(filesUnder)) {
    const content = contentOf(file)
    hash.update(`${file}\0${content?.length ?? 'missing'}\0`).update(content ?? '')
  }
  return hash.digest('hex')
}

/** @param {string} file @returns {string[]} */
function filesUnder(file) {
  if (NOT_BUILT_FROM.test(file)) return []
  if (!statSync(file, { throwIfNoEntry: false })?.isDirectory()) return [file]
  return readdirSync(file)
    .sort()
    .flatMap((name) => filesUnder(path.join(file, name)))
}

/** @param {string} file */
function contentOf(file) {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
