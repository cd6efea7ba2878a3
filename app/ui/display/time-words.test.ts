import { describe, expect, it } from 'vitest'
import { activityWords, agoWords, dayWords, exactWords } from './time-words'

const now = Date.parse('2025-11-23T10:30:00Z')
const at = (text: string, timeZone = 'UTC') => ({ at: Date.parse(text), now, timeZone })

describe('the time since a moment', () => {
  it.each([
    ['2025-11-23T10:29:01Z', 'just now'],
    ['2025-11-23T10:29:00Z', '1 minute ago'],
    ['2025-11-23T09:30:01Z', '59 minutes ago'],
    ['2025-11-23T08:30:00Z', '2 hours ago'],
    ['2025-11-22T10:30:01Z', '23 hours ago'],
    ['2025-11-22T10:30:00Z', 'yesterday'],
    ['2025-11-17T00:00:00Z', '6 days ago'],
    ['2025-11-16T23:59:59Z', '16 November'],
    ['2024-11-23T10:30:00Z', '23 November 2024'],
    ['2025-11-23T10:30:20Z', 'in a moment'],
    ['2025-11-23T12:30:00Z', 'in 2 hours'],
    ['2025-11-26T10:30:00Z', 'in 3 days'],
  ])('at %s reads "%s"', (time, words) => expect(agoWords(at(time))).toBe(words))

  it('counts days on the calendar, not in lumps of 24 hours', () => {
    expect(agoWords(at('2025-11-21T23:00:00Z'))).toBe('2 days ago')
  })

  it('counts days on the calendar of the reader', () => {
    expect(agoWords(at('2025-11-22T04:00:00Z'))).toBe('yesterday')
    expect(agoWords(at('2025-11-22T04:00:00Z', 'America/New_York'))).toBe('2 days ago')
  })
})

describe('the last activity', () => {
  it.each([
    ['2025-11-23T10:29:30Z', 'Active now'],
    ['2025-11-23T10:30:05Z', 'Active now'],
    ['2025-11-23T10:29:00Z', 'Active 1 minute ago'],
    ['2025-11-22T09:00:00Z', 'Active yesterday'],
    ['2025-11-03T09:00:00Z', 'Active on 3 November'],
    ['2024-11-03T09:00:00Z', 'Active on 3 November 2024'],
  ])('at %s reads "%s"', (time, words) => expect(activityWords(at(time))).toBe(words))
})

describe('the day of a moment', () => {
  it.each([
    ['2025-11-23T09:12:00Z', 'today at 09:12'],
    ['2025-11-22T00:05:00Z', 'yesterday at 00:05'],
    ['2025-11-24T23:59:00Z', 'tomorrow at 23:59'],
    ['2025-11-21T23:59:00Z', '21 November'],
    ['2023-09-03T09:12:00Z', '3 September 2023'],
  ])('at %s reads "%s"', (time, words) => expect(dayWords(at(time))).toBe(words))

  it('is told in the zone of the reader', () => {
    expect(dayWords(at('2025-11-23T03:30:00Z', 'America/New_York'))).toBe('yesterday at 22:30')
  })
})

it('the exact moment names its zone', () => {
  expect(exactWords({ at: Date.parse('2025-11-03T09:02:40Z'), timeZone: 'UTC' })).toBe(
    '3 November 2025, 09:02:40 UTC',
  )
})
