import { expect, test } from 'vitest'
import { BACKGROUND_HEADER, isBackgroundRequest } from './background'

const asked = (headers: Record<string, string>) =>
  isBackgroundRequest(new Request('http://localhost/', { headers }))

test('a request that a page sends by itself is no activity of a person', () => {
  expect(asked({ [BACKGROUND_HEADER]: '1' })).toBe(true)
  expect(asked({ 'Sec-Purpose': 'prefetch;prerender' })).toBe(true)
  expect(asked({ Purpose: 'prefetch' })).toBe(true)
})

test('a navigation is activity of a person', () => {
  expect(asked({})).toBe(false)
  expect(asked({ 'Sec-Fetch-Mode': 'navigate' })).toBe(false)
})
