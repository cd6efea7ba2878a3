import { expect, test } from 'vitest'
import { median, medianRatio, quantile } from './statistics'

test('nothing measured has no median, which is seen in the results', () => {
  expect(median([])).toBeNaN()
})

test('the median is the middle one by size, whatever the order', () => {
  expect(median([10, 1, 3])).toBe(3)
  expect(median([100, 9, 20, 1000, 8])).toBe(20)
})

test('a quantile is the value below which that share lies, and at most the largest', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1)
  expect(quantile(values, 0.99)).toBe(100)
  expect(quantile(values, 0.95)).toBe(96)
  expect(quantile(values, 1)).toBe(100)
})

test('a ratio compares what was measured in the same round', () => {
  expect(medianRatio([1, 20, 3], [1, 10, 3])).toBe(1)
  expect(medianRatio([10, 200, 30], [5, 100, 15])).toBe(2)
})
