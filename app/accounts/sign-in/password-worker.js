import { compare, hash } from 'bcryptjs'

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
