/**
 * Where a page of a sorted list begins: after (or before) the row with this sort value and id. Such
 * pages cost the same however far one goes, and rows that come and go do not shift them.
 */
export type PageCursor = { direction: 'after' | 'before'; value: string; id: string }

/** Room for the longest key of a name: 254 characters of four bytes, in base64. */
const MAX_LENGTH = 1500

export function cursorToText({ direction, value, id }: PageCursor): string {
  return Buffer.from(JSON.stringify([direction, value, id])).toString('base64url')
}

/** Null for anything that is not a cursor of ours: the list then begins at the top. */
export function cursorFromText(text: string | null | undefined): PageCursor | null {
  if (!text || text.length > MAX_LENGTH) return null
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(parsed) || parsed.length !== 3) return null
    const [direction, value, id] = parsed as unknown[]
    if (direction !== 'after' && direction !== 'before') return null
    if (!isStorable(value) || !isStorable(id)) return null
    return { direction, value, id }
  } catch {
    return null
  }
}

/** What no row of ours holds, and what databases disagree about, is not asked for. */
const isStorable = (text: unknown): text is string =>
  typeof text === 'string' && !text.includes('\0') && text.isWellFormed()

/** A place's value as a time, where a list is sorted by one. */
export function timeOf(value: string | undefined): Date | undefined {
  const time = new Date(value ?? NaN)
  return Number.isNaN(time.getTime()) ? undefined : storableTime(time)
}

/** The nearest time that every database knows; no row of ours is beyond. */
export const storableTime = (time: Date): Date =>
  new Date(Math.min(Math.max(time.getTime(), EARLIEST), LATEST))

const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * Cuts what was read (one row more than the page holds, in the order in which it was read) to a
 * page, in the order in which it is shown, with the cursors of its neighbours.
 */
export function cutPage<Row extends { id: string }>(
  read: Row[],
  {
    size,
    cursor,
    valueOf,
  }: { size: number; cursor: PageCursor | null; valueOf: (row: Row) => string },
): { rows: Row[]; newer: string | null; older: string | null } {
  const backwards = cursor?.direction === 'before'
  const more = read.length > size
  const rows = read.slice(0, size)
  if (backwards) rows.reverse()
  const first = rows[0]
  const last = rows.at(-1)
  const hasPrevious = backwards ? more : cursor !== null
  const hasNext = backwards || more
  const to = (direction: PageCursor['direction'], row: Row) =>
    cursorToText({ direction, value: valueOf(row), id: row.id })
  return {
    rows,
    newer: hasPrevious && first ? to('before', first) : null,
    older: hasNext && last ? to('after', last) : null,
  }
}
