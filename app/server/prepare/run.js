import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'

const STOPS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/** Something that an operator can mend; its message is all there is to show. */
export class Failure extends Error {}

/** The npm that started us, run by this Node; otherwise the one on the PATH. */
export function npm() {
  const { npm_execpath: script } = process.env
  return script?.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm']
}

/** @param {string} name a program of node_modules, by the path of its script */
export const packageScript = (name) => [process.execPath, `node_modules/${name}`]

/**
 * Says in a line what is being done, and does it.
 *
 * @param {string} title
 * @param {string[]} command the program and its arguments
 * @param {Record<string, string>} [env] added to the environment
 */
export function runStep(title, command, env) {
  console.error(title)
  return runQuietly(title, command, { env: { ...process.env, ...env } })
}

/**
 * Runs a program whose words are of interest only when it fails.
 *
 * @param {string} title
 * @param {string[]} command
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<void>} throws a {@link Failure} unless the program exits with 0
 */
export async function runQuietly(title, command, options) {
  const child = start(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  /** @type {Buffer[]} */
  const output = []
  const keep = (/** @type {Buffer} */ chunk) => output.push(chunk)
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const code = await exitCode(child)
  if (code === 0) return
  const words = Buffer.concat(output).toString().trimEnd()
  throw new Failure(`${words}\n\nFailed: ${title} (exit code ${code}; why is above.)`)
}

/**
 * Runs a program with this terminal, and answers its exit code.
 *
 * @param {string[]} command
 */
export function runAttached(command) {
  return exitCode(start(command, { stdio: 'inherit' }))
}

/** @param {string[]} command @param {import('node:child_process').SpawnOptions} options */
function start([program = '', ...args], options) {
  const isBatchFile = process.platform === 'win32' && program === 'npm'
  return spawn(program, args, { ...options, shell: isBatchFile })
}

/**
 * Waits until the child has ended. A signal that tells us to end is passed on, and ends us as well
 * once the child is gone.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
async function exitCode(child) {
  let stopped = false
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    stopped = true
    // A terminal sends its Ctrl-C to both.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of STOPS) process.on(signal, passOn)
  try {
    const ended = /** @type {[number | null, NodeJS.Signals]} */ (await once(child, 'close'))
    const [code, signal] = ended
    const answer = code ?? 128 + constants.signals[signal]
    if (stopped) process.exit(answer)
    return answer
  } catch (error) {
    throw new Failure(`Cannot run ${child.spawnfile}: ${String(error)}`)
  } finally {
    for (const signal of STOPS) process.off(signal, passOn)
  }
}
