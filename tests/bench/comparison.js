import { atFullSpeed } from './load.js'
import { table } from './results.js'
import { median, medianRatio, quantile } from './statistics.js'

/** @typedef {import('./load.js').Asked} Asked */
/** @typedef {{ perSecond: number, cpu: number, p50: number, p99: number }} Round */

/**
 * Asks several servers at full speed, one after the other, round after round.
 *
 * @param {Record<string, Asked>} contestants by name; the first is the one that the others are
 *   compared with
 * @param {{ connections: number, rounds: number, seconds: number, warmUpSeconds: number,
 *   withTimes?: boolean }} load `withTimes` tells also how long the answers took to come
 * @returns {Promise<string>} a table
 */
export async function compareAtFullSpeed(contestants, load) {
  const { connections, rounds, seconds, warmUpSeconds, withTimes = false } = load
  const entries = Object.entries(contestants)
  /** @type {Record<string, Round[]>} */
  const taken = Object.fromEntries(entries.map(([name]) => [name, []]))
  for (const [, asked] of entries) await atFullSpeed(asked, { connections, seconds: warmUpSeconds })
  for (let number = 0; number < rounds; number += 1) {
    // What comes after whom must not always be the same.
    for (const [name, asked] of number % 2 === 0 ? entries : entries.toReversed()) {
      const { times, ...round } = await atFullSpeed(asked, { connections, seconds })
      const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)]
      taken[name]?.push({ ...round, p50, p99 })
    }
  }
  return describe(taken, withTimes)
}

/** How a comparison was taken, for the results. @param {Parameters<typeof compareAtFullSpeed>[1]} load */
export const inWords = ({ connections, rounds, seconds }) =>
  `${connections} connections, ${rounds} alternating rounds of ${seconds} s, medians; ratios are
medians of the ratios within a round.`

/** @param {Record<string, Round[]>} taken @param {boolean} withTimes */
function describe(taken, withTimes) {
  const [first = '', ours = []] = Object.entries(taken)[0] ?? []
  const rows = Object.entries(taken).map(([name, theirs]) => [
    name,
    median(all(theirs, 'perSecond')).toFixed(0),
    ...(withTimes ? [milliseconds(theirs, 'p50'), milliseconds(theirs, 'p99')] : []),
    median(all(theirs, 'cpu')).toFixed(3),
    medianRatio(all(ours, 'perSecond'), all(theirs, 'perSecond')).toFixed(2),
    medianRatio(all(theirs, 'cpu'), all(ours, 'cpu')).toFixed(2),
  ])
  const times = withTimes ? ['p50', 'p99'] : []
  const ratio = `${first} is × as fast`
  return table(['', 'answers/s', ...times, 'CPU ms each', ratio, '… by CPU time'], rows)
}

/** @param {Round[]} rounds @param {keyof Round} what */
const all = (rounds, what) => rounds.map((round) => round[what])

/** @param {Round[]} rounds @param {'p50' | 'p99'} what */
const milliseconds = (rounds, what) => `${median(all(rounds, what)).toFixed(2)} ms`
