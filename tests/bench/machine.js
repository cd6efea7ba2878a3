// Where things run, and what they use.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

const lastCore = availableParallelism() - 1
const serverCores = lastCore > 1 ? `0-${lastCore - 1}` : '0'
const canPin = lastCore > 0 && succeeds('taskset', ['-c', String(lastCore), 'true'])

const STARTED_WITHIN_MS = 60_000
/** The kernel's unit in /proc, USER_HZ, is 100 a second on every platform that Node knows. */
const TICK_MS = 10

/** How the measurement was shielded from itself, for the results. */
export const pinning = canPin
  ? `What is measured has core ${serverCores}, what asks it core ${lastCore}.`
  : 'Everything shares the cores as the system sees fit: there is no `taskset` here.'

/** Leaves the other cores to the servers: this process asks them, and must not take their time. */
export function moveToLastCore() {
  if (canPin) succeeds('taskset', ['-acp', String(lastCore), String(process.pid)])
}

/** Where servers run that {@link startNode} did not start. @param {number} pid */
export function moveToServers(pid) {
  if (canPin) succeeds('taskset', ['-acp', serverCores, String(pid)])
}

/** What has several processes has more to gain than one core. @param {number} pid */
export function letUseAllCores(pid) {
  if (canPin) succeeds('taskset', ['-acp', `0-${lastCore}`, String(pid)])
}

/**
 * Node on the servers' cores, with nothing of our environment but the path.
 *
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>,
 *   stdio: import('node:child_process').StdioOptions }} options
 */
export function spawnNode(args, { env = {}, ...options }) {
  const command = [process.execPath, ...args]
  const [program = '', ...rest] = canPin ? ['taskset', '-c', serverCores, ...command] : command
  const { PATH = '' } = process.env
  return spawn(program, rest, { ...options, env: { PATH, NODE_ENV: 'production', ...env } })
}

/**
 * @typedef {{ pid: number, child: import('node:child_process').ChildProcess,
 *   stop: () => Promise<void> }} Started `stop` waits until it has ended
 */

/**
 * Starts a server and waits until it says that it is ready.
 *
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, quiet?: boolean }} [options] `quiet` lets
 *   its log go nowhere
 * @returns {Promise<Started>}
 */
export async function startNode(args, { quiet = false, ...options } = {}) {
  const log = quiet ? 'ignore' : 'inherit'
  const child = spawnNode(args, { ...options, stdio: ['ignore', 'pipe', log, 'ipc'] })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  const deadline = performance.now() + STARTED_WITHIN_MS
  while (!/ready/.test(output)) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`Did not start: node ${args.join(' ')}\n${output}`)
    }
    await sleep(10)
  }
  return { pid: child.pid ?? 0, child, stop: () => stop(child) }
}

/** @param {import('node:child_process').ChildProcess} child */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill()
  await exited
}

/**
 * Runs a script of ours on the servers' cores and answers what it printed as JSON.
 *
 * @param {string[]} args @returns {Promise<unknown>}
 */
export async function runNode(args) {
  const child = spawnNode(args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  const ended = /** @type {[number | null]} */ (await once(child, 'close'))
  const [code] = ended
  if (code !== 0) throw new Error(`Failed: node ${args.join(' ')} (exit code ${code})`)
  /** @type {unknown} */
  const answer = JSON.parse(output)
  return answer
}

/** @param {number} pid @returns the processes that this one started and that still run */
export const childrenOf = (pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((text) => text.trim() !== '')
    .map(Number)

/**
 * The processor time that processes and their threads used so far, in milliseconds; NaN where there
 * is no /proc.
 *
 * @param {number | number[]} pids
 * @returns {number}
 */
export const cpuTime = (pids) => [pids].flat().reduce((sum, pid) => sum + cpuTimeOf(pid), 0)

/** @param {number} pid */
function cpuTimeOf(pid) {
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
