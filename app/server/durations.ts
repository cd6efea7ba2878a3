import { SHORTEST_RETENTION } from '~/accounts/audit/retention'
import { days, hours, minutes, seconds } from '~/accounts/time'
import { SettingError } from './setting-error'

const UNITS = { s: seconds, m: minutes, h: hours, d: days } as const

/** What a duration may be, and how that is said. */
type DurationRange = { shortest: number; longest: number; inWords: string }

/** Browsers keep no cookie for longer than 400 days. */
export const COOKIE_LIFE = {
  shortest: 1,
  longest: days(400),
  inWords: 'at most 400d, like 14d',
} satisfies DurationRange

/** A century is as good as for ever, and can still be subtracted from a date. */
export const RETENTION = {
  shortest: SHORTEST_RETENTION,
  longest: days(36_500),
  inWords: 'at least 90d and at most 36500d, like 730d',
} satisfies DurationRange

/** Nobody waits for longer than ten seconds, whatever happens. */
export const STATEMENT = {
  shortest: seconds(1),
  longest: seconds(5),
  inWords: 'at least 1s and at most 5s, like 2s',
} satisfies DurationRange

export function parseDuration(
  name: string,
  get: (name: string) => string | undefined,
  { shortest, longest, inWords }: DurationRange,
): number | undefined {
  const text = get(name)
  if (text === undefined) return undefined
  const match = /^(\d{1,9})([smhd])$/.exec(text)
  const duration = match ? UNITS[match[2] as keyof typeof UNITS](Number(match[1])) : 0
  if (duration >= shortest && duration <= longest) return duration
  throw new SettingError(
    `${name} must be a whole number and a unit (s, m, h or d), ${inWords}, not "${text}".`,
    [name],
  )
}
