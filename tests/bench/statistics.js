/** @param {readonly number[]} values @param {number} share from 0 to 1 */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5)

/**
 * How many times the first is the second: the median over the rounds, in each of which both were
 * measured one after the other, so that what slows down the machine for a while slows down both.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} others of the same rounds
 */
export const medianRatio = (values, others) =>
  median(values.map((value, round) => value / (others[round] ?? NaN)))
