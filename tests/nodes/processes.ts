import { readFileSync } from 'node:fs'

/** The ids of the workers that a process has started, in the order of their starts. */
export const workersOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((child) => child !== '')
    .map(Number)
    .filter((child) => commandOf(child).includes('cluster-worker.js'))

/** Of a process that ended and that nobody has asked about yet, there is no command. */
export const isRunning = (pid: number): boolean => commandOf(pid) !== ''

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
