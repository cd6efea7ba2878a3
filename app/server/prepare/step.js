import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { root } from './root.js'

/** Something an operator can mend; its message is all there is to show. */
export class Failure extends Error {}

/**
 * Runs one quiet step: a line that says what is being done. The tool's own words are kept for the
 * failure.
 *
 * @param {string} title
 * @param {string[]} command the program and its arguments
 * @param {Record<string, string>} [env] added to the environment
 * @returns {Promise<void>} throws a {@link Failure} unless the program exits with 0
 */
export async function runStep(title, command, env = {}) {
  console.error(title)
  const child = start(command, ['ignore', 'pipe', 'pipe'], env)
  /** @type {Buffer[]} */
  const output = []
  child.stdout?.on('data', (chunk) => output.push(chunk))
  child.stderr?.on('data', (chunk) => output.push(chunk))
  const code = await exitCode(child)
  if (code === 0) return
  const words = Buffer.concat(output).toString().trimEnd()
  throw new Failure(`${words}\n\nFailed: ${title} (exit code ${code}; why is above.)`)
}

/**
 * Runs a Node script with this terminal, and answers its exit code.
 *
 * @param {string[]} args
 */
export function runAttached(args) {
  return exitCode(start([process.execPath, ...args], 'inherit'))
}

/** @param {string} name a program of node_modules, by the path of its script */
export const packageScript = (name) => [process.execPath, `node_modules/${name}`]

/**
 * @param {string[]} command
 * @param {import('node:child_process').StdioOptions} stdio
 * @param {Record<string, string>} [env]
 */
function start([program = '', ...args], stdio, env = {}) {
  const isBatchFile = process.platform === 'win32' && program !== process.execPath
  return spawn(program, args, {
    cwd: root,
    stdio,
    env: { ...process.env, ...env },
    shell: isBatchFile,
  })
}

/** @param {import('node:child_process').ChildProcess} child */
async function exitCode(child) {
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    stopped = true
    // A terminal sends its Ctrl-C to both.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  let stopped = false
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const signal of signals) process.on(signal, passOn)
  try {
    const [code, signal] = await once(child, 'close')
    // Without this a stopped install would be taken for a failed one, and tried another way.
    if (stopped) process.exit(code ?? 1)
    return /** @type {number} */ (code ?? (signal ? 1 : 0))
  } finally {
    for (const signal of signals) process.off(signal, passOn)
  }
}
