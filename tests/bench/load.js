import { setImmediate as nextTurn } from 'node:timers/promises'
import { createClient, rawRequest } from './client.js'
import { cpuTime } from './machine.js'

/**
 * A server, or several processes that answer together, and what is asked.
 *
 * @typedef {{ pid: number | number[], status?: number } & import('./client.js').Question} Asked
 *   `status`: that of a good answer, 200 unless it is said
 */

/**
 * Asks again and again, each time as soon as the answer has come.
 *
 * @param {Asked} asked
 * @param {{ connections: number, seconds: number }} load
 * @returns {Promise<{ perSecond: number, cpu: number, times: number[] }>} answers, the server's
 *   milliseconds of processor time for each, and how many milliseconds each took to come
 */
export async function atFullSpeed({ pid, status = 200, ...question }, { connections, seconds }) {
  const client = createClient(Number(new URL(question.url).port))
  const request = rawRequest(question)
  /** @type {number[]} */
  const times = []
  const cpuBefore = cpuTime(pid)
  const began = performance.now()
  const end = began + seconds * 1000
  await inParallel(connections, async () => {
    for (let asked = began; asked < end;) {
      assertStatus(await client.ask(request), status)
      const answered = performance.now()
      times.push(answered - asked)
      asked = answered
    }
  })
  const taken = performance.now() - began
  const cpu = (cpuTime(pid) - cpuBefore) / times.length
  client.close()
  return { perSecond: (times.length * 1000) / taken, cpu, times }
}

/**
 * Asks at a steady rate, whatever becomes of the questions before. What an answer takes is counted
 * from the moment at which its question was due: one that had to wait behind others counts its wait,
 * or a server that stops for a second would look as if it had answered one question late.
 *
 * @param {(number: number) => Promise<void>} ask
 * @param {{ perSecond: number, seconds: number }} load
 * @returns {Promise<number[]>} in milliseconds
 */
export async function atRate(ask, { perSecond, seconds }) {
  const began = performance.now()
  /** @type {Promise<number>[]} */
  const times = []
  while (times.length < perSecond * seconds) {
    const due = began + (times.length * 1000) / perSecond
    // Timers are too coarse for what is due in less than a millisecond.
    while (performance.now() < due) await nextTurn()
    const time = ask(times.length).then(() => performance.now() - due)
    // What fails meanwhile is said at the end.
    time.catch(() => undefined)
    times.push(time)
  }
  return Promise.all(times)
}

/** @param {number} lanes @param {(lane: number) => Promise<void>} work */
export const inParallel = (lanes, work) =>
  Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)))

/** @param {number} status @param {number} expected */
export function assertStatus(status, expected) {
  if (status !== expected) throw new Error(`Answered ${status}, and not ${expected}`)
}
