import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { nodeIsTooOld } from '../../database/sqlite/supported-node.js'
import { runOnNewerNode } from './newer-node.js'
import { Failure, packageScript, runAttached } from './run.js'
import { bringUpToDate, build, clients, packages } from './steps.js'

/** The exit code by which dev.js asks to be started again. */
const RESTART = 75
const PARTS_WITHOUT_BUILD = ['types', 'lint', 'unit', 'rules']

/** @type {Record<string, (args: string[]) => Promise<number | void>>} */
const commands = {
  async start() {
    /** @typedef {typeof import('../main')} Main */
    const { startServer } = /** @type {Main} */ (await builtModule('main'))
    // When it did not start it has said why; what it had opened must not keep the process alive.
    if (!(await startServer())) process.exit()
  },

  async cli(args) {
    /** @typedef {typeof import('../../cli/main')} Cli */
    const { runCli } = /** @type {Cli} */ (await builtModule('cli'))
    return runCli(args)
  },

  async build() {
    await bringUpToDate(packages, clients, build)
  },

  async dev() {
    for (;;) {
      await bringUpToDate(packages, clients)
      const code = await runAttached([process.execPath, 'app/server/dev.js'])
      if (code !== RESTART) return code
    }
  },

  async test(parts) {
    // The name of a part may end with that of a database: `http:sqlite`.
    const asked = parts.map((part) => part.split(':')[0] ?? '')
    const needsBuild = !asked.length || asked.some((part) => !PARTS_WITHOUT_BUILD.includes(part))
    await bringUpToDate(packages, clients, ...(needsBuild ? [build] : []))
    return runAttached([process.execPath, 'tests/run.js', ...parts])
  },

  async bench(parts) {
    await bringUpToDate(packages, clients, build)
    return runAttached([process.execPath, 'tests/bench/run.js', ...parts])
  },

  async screenshots(args) {
    await bringUpToDate(packages, clients, build)
    const config = ['--config', 'tests/support/screenshots.config.ts']
    return runAttached([...packageScript('@playwright/test/cli.js'), 'test', ...config, ...args])
  },
}

/**
 * Runs one of the scripts of package.json and sets the exit code. Progress goes to standard error,
 * so that what the command line prints can be piped.
 *
 * @param {string[]} argv the script's name and its arguments
 */
export async function runCommand([name = '', ...args]) {
  try {
    const command = commands[name]
    if (!command) throw new Failure(`Unknown script "${name}": ${Object.keys(commands).join(', ')}`)
    const code = nodeIsTooOld ? await runOnNewerNode(nodeIsTooOld) : await command(args)
    if (code) process.exitCode = code
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error)
    // A half-started server may hold timers and sockets; do not wait for them.
    process.exit(1)
  }
}

/** @param {string} name @returns {Promise<unknown>} */
async function builtModule(name) {
  await bringUpToDate(packages, clients, build)
  process.env.NODE_ENV ??= 'production'
  return import(pathToFileURL(path.resolve('build/node', `${name}.js`)).href)
}
