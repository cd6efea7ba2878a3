import { pathToFileURL } from 'node:url'
import { prepareBrowser } from './browser.js'
import { buildFolder, bringBuildUpToDate } from './build.js'
import { generateClients } from './clients.js'
import { oneAtATime } from './lock.js'
import { installPackages } from './packages.js'
import { fromRoot, root } from './root.js'
import { Failure, runAttached } from './step.js'

const RESTART = 75
const PARTS_WITHOUT_BUILD = ['types', 'lint', 'unit']
const PARTS_WITH_BROWSER = ['e2e']

/** @type {Record<string, (args: string[]) => Promise<number | void>>} */
const commands = { start, dev, test, build, bench, cli }

/**
 * Runs one of the scripts of package.json and sets the exit code. Progress goes to standard error,
 * so that what the command line prints can be piped.
 *
 * @param {string[]} argv the script's name and its arguments
 */
export async function runCommand([name = '', ...args]) {
  process.chdir(root)
  const command = commands[name]
  try {
    if (!command) throw new Failure(`Unknown script "${name}": ${Object.keys(commands).join(', ')}`)
    const code = await command(args)
    if (code) process.exitCode = code
  } catch (error) {
    tell(error)
    // A half-started server may hold timers and sockets; do not wait for them.
    process.exit(1)
  }
}

async function start() {
  await bringBuildUpToDate()
  process.env.NODE_ENV ??= 'production'
  const { startServer } = await builtModule('main')
  if (await startServer()) return
  // It has said why; whatever it had opened by then must not keep the process alive.
  process.exit()
}

/** @param {string[]} args */
async function cli(args) {
  await bringBuildUpToDate()
  process.env.NODE_ENV ??= 'production'
  const { runCli } = await builtModule('cli')
  return runCli(args)
}

async function build() {
  await bringBuildUpToDate()
}

async function dev() {
  for (;;) {
    await prepareSources()
    const code = await runAttached([fromRoot('app/server/dev.js')])
    if (code !== RESTART) return code
  }
}

/** @param {string[]} parts the parts to run; none means all */
async function test(parts) {
  /** @param {string} part */
  const isAsked = (part) => parts.length === 0 || parts.includes(part)
  await prepareSources()
  // Without a browser the browser tests fail, and the others still tell what they have to tell.
  if (PARTS_WITH_BROWSER.some(isAsked)) await prepareBrowser().catch(tell)
  if (parts.length === 0 || !parts.every((part) => PARTS_WITHOUT_BUILD.includes(part))) {
    await bringBuildUpToDate()
  }
  return runAttached([fromRoot('tests/run.js'), ...parts])
}

/** @param {string[]} parts the measurements to take; none means all */
async function bench(parts) {
  await prepareSources()
  await bringBuildUpToDate()
  return runAttached([fromRoot('tests/bench/run.js'), ...parts])
}

/** @param {unknown} error */
function tell(error) {
  console.error(error instanceof Failure ? error.message : error)
}

/** What working with the sources needs: every package and the database clients. */
async function prepareSources() {
  await oneAtATime(async () => {
    await installPackages('all')
    await generateClients()
  })
}

/** @param {string} name */
function builtModule(name) {
  return import(pathToFileURL(fromRoot(buildFolder, 'node', `${name}.js`)).href)
}
