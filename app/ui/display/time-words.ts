const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const DAYS_OF_A_WEEK = 7

export type Moment = { at: number; now: number; timeZone: string }

/** "just now", "5 minutes ago", "2 hours ago", "yesterday", "6 days ago", "3 November", "in 2 days". */
export function agoWords({ at, now, timeZone }: Moment) {
  const distance = at - now
  const size = Math.abs(distance)
  if (size < MINUTE_MS) return distance > 0 ? 'in a moment' : 'just now'
  if (size < HOUR_MS) return relative.format(Math.trunc(distance / MINUTE_MS), 'minute')
  if (size < DAY_MS) return relative.format(Math.trunc(distance / HOUR_MS), 'hour')
  const days = daysBetween({ at, now, timeZone })
  if (Math.abs(days) < DAYS_OF_A_WEEK) return relative.format(days, 'day')
  return dateWords({ at, now, timeZone })
}

/** "Active now" for less than a minute, then "Active 2 hours ago", "Active on 3 November". */
export function activityWords(moment: Moment) {
  if (moment.now - moment.at < MINUTE_MS) return 'Active now'
  if (Math.abs(daysBetween(moment)) < DAYS_OF_A_WEEK) return `Active ${agoWords(moment)}`
  return `Active on ${dateWords(moment)}`
}

/** "today at 09:12", "yesterday at 17:40", "tomorrow at 08:00", "3 November", "3 November 2024". */
export function dayWords({ at, now, timeZone }: Moment) {
  const days = daysBetween({ at, now, timeZone })
  if (Math.abs(days) > 1) return dateWords({ at, now, timeZone })
  const { hour, minute } = partsOf(at, timeZone)
  return `${relative.format(days, 'day')} at ${hour}:${minute}`
}

/** "3 November 2025, 09:12:40 UTC". Put together by hand: ICU versions punctuate it differently. */
export function exactWords({ at, timeZone }: { at: number; timeZone: string }) {
  const { day, month, year, hour, minute, second, timeZoneName } = partsOf(at, timeZone)
  return `${day} ${month} ${year}, ${hour}:${minute}:${second} ${timeZoneName}`
}

const relative = new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto' })

function dateWords({ at, now, timeZone }: Moment) {
  const { day, month, year } = partsOf(at, timeZone)
  return year === partsOf(now, timeZone).year ? `${day} ${month}` : `${day} ${month} ${year}`
}

/** Whole days on the calendar of the zone, so that 00:30 is "yesterday" for 23:30 the day before. */
function daysBetween({ at, now, timeZone }: Moment) {
  return (calendarDay(at, timeZone) - calendarDay(now, timeZone)) / DAY_MS
}

function calendarDay(time: number, timeZone: string) {
  const { year, monthNumber, day } = partsOf(time, timeZone)
  return Date.UTC(Number(year), monthNumber - 1, Number(day))
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** The same few moments are put into several words, on page after page. */
const known = new Map<string, Parts>()
const MOST_KNOWN = 1000

function partsOf(time: number, timeZone: string): Parts {
  const key = `${time} ${timeZone}`
  let parts = known.get(key)
  if (!parts) {
    if (known.size >= MOST_KNOWN) known.clear()
    parts = takeApart(time, timeZone)
    known.set(key, parts)
  }
  return parts
}

type Parts = Readonly<ReturnType<typeof takeApart>>

function takeApart(time: number, timeZone: string) {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of formatFor(timeZone).formatToParts(time)) parts[type] = value
  const monthNumber = Number(parts.month)
  return {
    year: parts.year ?? '',
    month: MONTHS[monthNumber - 1] ?? '',
    monthNumber,
    day: String(Number(parts.day)),
    hour: parts.hour ?? '',
    minute: parts.minute ?? '',
    second: parts.second ?? '',
    timeZoneName: parts.timeZoneName ?? timeZone,
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(timeZone: string) {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })
  formats.set(timeZone, made)
  return made
}
