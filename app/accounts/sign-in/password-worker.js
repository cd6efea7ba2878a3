import { compare, hash } from 'bcryptjs'

/**
 * Runs in a worker thread: bcrypt in JavaScript holds its thread for a tenth of a second at a
 * stretch, and on the main thread that would be everybody's tenth of a second.
 *
 * @param {HashJob | CompareJob} job
 * @returns {Promise<string | number>} the hash; or which of the texts it is made of, -1 for none
 *
 * @typedef {{ task: 'hash', text: string, cost: number }} HashJob
 * @typedef {object} CompareJob
 * @property {'compare'} task
 * @property {readonly string[]} texts
 * @property {string} hash
 * @property {readonly string[]} fillers hashes to spend time with when no text was the right one
 */
export default function run(job) {
  return job.task === 'hash' ? hash(job.text, job.cost) : matching(job)
}

/** @param {CompareJob} job */
async function matching({ texts, hash, fillers }) {
  for (const [index, text] of texts.entries()) if (await compare(text, hash)) return index
  for (const filler of fillers) for (const text of texts) await compare(text, filler)
  return -1
}
