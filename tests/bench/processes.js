import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where servers run, and where what asks them runs: neither takes the other's time. */
export const SERVER_CORE = 0
export const LOAD_CORE = 1

const STARTED_WITHIN_MS = 30_000
/** The kernel's unit in /proc, USER_HZ, is 100 a second on every platform that Node knows. */
const TICK_MS = 10

const canPin = availableParallelism() > 1 && succeeds('taskset', ['-c', '0', 'true'])
/** Whether {@link keepAwake} works here. */
export const canKeepAwake = canPin && succeeds('chrt', ['--idle', '0', 'true'])

/** How the measurement was shielded from itself, for the results. */
export const pinning = canPin
  ? `Server on core ${SERVER_CORE}, load generator on core ${LOAD_CORE}.`
  : 'Server and load generator share the cores as the system sees fit: there is no `taskset` here.'

/**
 * @typedef {object} Started
 * @property {number} pid
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => string} output what it wrote to standard output so far
 * @property {() => Promise<void>} stop asks it to end, and waits until it has
 */

/**
 * Starts Node on one core and waits until it says that it is ready.
 *
 * @param {string[]} args
 * @param {{ core?: number, cwd?: string, env?: Record<string, string>, ipc?: boolean,
 *   quiet?: boolean }} [options] `quiet` lets its log go nowhere
 * @returns {Promise<Started>}
 */
export async function startNode(args, { ipc = false, quiet = false, ...options } = {}) {
  const child = spawnNode(args, {
    core: SERVER_CORE,
    ...options,
    stdio: [
      'ignore',
      'pipe',
      quiet ? 'ignore' : 'inherit',
      ...(ipc ? [/** @type {const} */ ('ipc')] : []),
    ],
  })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  const deadline = performance.now() + STARTED_WITHIN_MS
  while (!/ready/.test(output)) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`Did not start: node ${args.join(' ')}\n${output}`)
    }
    await sleep(5)
  }
  return {
    pid: /** @type {number} */ (child.pid),
    child,
    output: () => output,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}

/**
 * @param {string[]} args
 * @param {{ core: number, cwd?: string, env?: Record<string, string>,
 *   stdio: import('node:child_process').StdioOptions }} options
 * @returns {import('node:child_process').ChildProcess}
 */
export function spawnNode(args, { core, env = {}, ...options }) {
  const command = [process.execPath, ...args]
  const [program = '', ...rest] = canPin ? ['taskset', '-c', String(core), ...command] : command
  const { PATH = '' } = process.env
  return spawn(program, rest, { ...options, env: { PATH, NODE_ENV: 'production', ...env } })
}

/**
 * Keeps a core from sleeping, with a program that everything else goes before. A core that slept
 * answers later, in a virtual machine by milliseconds: who has less to do looks slower.
 *
 * @param {number} core
 * @param {number} seconds after which it ends by itself, should nobody be left to stop it
 * @returns {() => void} stops it
 */
export function keepAwake(core, seconds) {
  const script = `const end = Date.now() + ${seconds * 1000}; while (Date.now() < end);`
  const idle = ['chrt', '--idle', '0', process.execPath, '-e', script]
  const child = spawn('taskset', ['-c', String(core), ...idle], { stdio: 'ignore' })
  return () => void child.kill()
}

/**
 * Runs a script on the load generator's core, gives it `task` as JSON on standard input, and
 * resolves to what it printed as JSON.
 *
 * @template T
 * @param {string} script
 * @param {unknown} task
 * @returns {Promise<T>}
 */
export async function runLoad(script, task) {
  const child = spawnNode([script], {
    core: LOAD_CORE,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin?.end(JSON.stringify(task))
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${script} failed (exit code ${code})`)
  return JSON.parse(output)
}

/** What {@link runLoad} was given, for the script that it runs. @returns {Promise<any>} */
export async function readTask() {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

/**
 * The processor time that a process and its threads used so far, in milliseconds; NaN where there
 * is no /proc.
 *
 * @param {number} pid
 */
export function cpuTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS
  } catch {
    return NaN
  }
}

/** @param {string} program @param {string[]} args */
function succeeds(program, args) {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
