import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { basename } from 'node:path'
import { compare, hash } from 'bcryptjs'

stepBack()

/**
 * Runs in a worker thread: bcrypt in JavaScript holds its thread for a tenth of a second at a
 * stretch, and on the main thread that would be everybody's tenth of a second.
 *
 * @param {{ task: 'hash', text: string, cost: number } | { task: 'compare', text: string, hash: string }} job
 * @returns {Promise<string | boolean>}
 */
export default function run(job) {
  return job.task === 'hash' ? hash(job.text, job.cost) : compare(job.text, job.hash)
}

/**
 * Where there is no core for each, those who wait for a page or a check come before those who sign
 * in. On Linux a thread has a priority of its own; elsewhere this changes nothing.
 */
function stepBack() {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')))
    setPriority(thread, constants.priority.PRIORITY_LOW)
  } catch {
    // No Linux, or no right to: then threads take turns as the system sees fit.
  }
}
