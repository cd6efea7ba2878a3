import { emailSchema } from './users/schemas'

/** As long as the longest e-mail address, which is looked for by the same text. */
const KEY_MAX_LENGTH = 254

/**
 * A name as it is searched and sorted by. Compatibility forms can make one character into eighteen,
 * so that the end of a name made of such characters does not count.
 */
export const nameKeyOf = (name: string): string =>
  [...name.normalize('NFKC').toLowerCase()].slice(0, KEY_MAX_LENGTH).join('')

/** From the first of them on, up to the second and without it. */
export type KeyRange = { gte: string; lt: string }

const LAST_CHARACTER = '\u{10ffff}'

/**
 * The keys that begin with what was typed, as a range: an index can answer it, and to LIKE, which
 * startsWith becomes, "_" and "%" are wildcards. Null when nothing was typed.
 */
export function keysBeginningWith(typed: string): KeyRange | null {
  const beginning = keyTyped(typed)
  return beginning === '' ? null : { gte: beginning, lt: beginning + LAST_CHARACTER }
}

/** What an index of trigrams can find. */
const SHORTEST_PART = 3

/** What to look for anywhere in keys; null when what was typed is too short for that. */
export function partTyped(typed: string): string | null {
  const part = keyTyped(typed)
  return [...part].length < SHORTEST_PART ? null : part
}

/** A whole e-mail address is looked for as it is stored. */
function keyTyped(typed: string): string {
  const email = emailSchema.safeParse(typed)
  return email.success ? email.data : nameKeyOf(typed.trim())
}
