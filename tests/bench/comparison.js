import { atFullSpeed } from './load.js'
import { table } from './results.js'
import { median, medianRatio } from './statistics.js'

/** @typedef {import('./load.js').Asked} Asked */
/** @typedef {{ perSecond: number, cpu: number }} Round */

/**
 * Asks several servers at full speed, one after the other, round after round.
 *
 * @param {Record<string, Asked>} contestants by name; the first is the one that the others are
 *   compared with
 * @param {{ connections: number, rounds: number, seconds: number, warmUpSeconds: number }} load
 * @returns {Promise<string>} a table
 */
export async function compareAtFullSpeed(contestants, load) {
  const { connections, rounds, seconds, warmUpSeconds } = load
  const entries = Object.entries(contestants)
  /** @type {Record<string, Round[]>} */
  const taken = Object.fromEntries(entries.map(([name]) => [name, []]))
  for (const [, asked] of entries) await atFullSpeed(asked, { connections, seconds: warmUpSeconds })
  for (let round = 0; round < rounds; round += 1) {
    // What comes after whom must not always be the same.
    for (const [name, asked] of round % 2 === 0 ? entries : entries.toReversed()) {
      taken[name]?.push(await atFullSpeed(asked, { connections, seconds }))
    }
  }
  return describe(taken)
}

/** How a comparison was taken, for the results. @param {Parameters<typeof compareAtFullSpeed>[1]} load */
export const inWords = ({ connections, rounds, seconds }) =>
  `${connections} connections, ${rounds} alternating rounds of ${seconds} s, medians; ratios are
medians of the ratios within a round.`

/** @param {Record<string, Round[]>} taken */
function describe(taken) {
  const [first = '', ours = []] = Object.entries(taken)[0] ?? []
  const rows = Object.entries(taken).map(([name, theirs]) => [
    name,
    median(speeds(theirs)).toFixed(0),
    median(costs(theirs)).toFixed(3),
    medianRatio(speeds(ours), speeds(theirs)).toFixed(2),
    medianRatio(costs(theirs), costs(ours)).toFixed(2),
  ])
  const ratio = `${first} is × as fast`
  return table(['', 'answers/s', 'CPU ms each', ratio, '… by CPU time'], rows)
}

/** @param {Round[]} rounds */
const speeds = (rounds) => rounds.map(({ perSecond }) => perSecond)

/** @param {Round[]} rounds */
const costs = (rounds) => rounds.map(({ cpu }) => cpu)
