import { domainToASCII } from 'node:url'
import { z } from 'zod'

/**
 * Text that a person typed. NUL and lone surrogates are refused rather than repaired: databases
 * disagree about them, and two spellings of one value are how checks are slipped past.
 */
export const typedText = (maxLength: number, name: string) =>
  z
    .string({ error: `${name} is missing` })
    .refine((text) => !text.includes('\0') && text.isWellFormed(), {
      error: `${name} contains characters that cannot be stored`,
    })
    .refine((text) => lengthOf(text) <= maxLength, {
      error: `${name} must be at most ${maxLength} characters long`,
    })

/**
 * What a page named and its form sent back: an id, a short name. One that nobody has just finds nothing, but
 * what cannot be stored cannot be looked up either: PostgreSQL would refuse the question.
 */
export const namedText = (name: string) => typedText(LONGEST_ID, name)
const LONGEST_ID = 60

/**
 * Text that is looked for. What cannot be in what is looked through is replaced by a sign for that, and
 * what is longer than any of it cut off: it finds nobody then, where a refusal would find everybody.
 */
export const searchedText = (maxLength: number) =>
  z
    .string()
    .catch('')
    .transform((text) =>
      [...text.replaceAll('\0', '\uFFFD').toWellFormed()].slice(0, maxLength).join(''),
    )

/** Length as a person counts: an emoji is one, and so is a letter with its accent, however it is sent. */
export const lengthOf = (text: string): number => [...text.normalize('NFC')].length

/** What a person calls something: themselves, a token. At least one character of it can be seen. */
export const typedName = (maxLength: number, name: string, missing: string) =>
  typedText(maxLength, name).transform(nameText).pipe(z.string().regex(VISIBLE, missing))

/** The same of what need not have a name: null where nothing is left of what was typed. */
export const typedNameOrNone = (maxLength: number, name: string, missing: string) =>
  typedText(maxLength, name)
    .transform((text) => nameText(text) || null)
    .pipe(z.string().regex(VISIBLE, missing).nullable())

/** A name as it is kept: one line that cannot rearrange the page on which it is shown, nothing hidden. */
const nameText = (text: string): string =>
  text.replace(UNPRINTABLE, ' ').replace(INVISIBLE, '').normalize('NFC').trim()

/** Line breaks and other controls, what turns the direction of the text around it, and blank symbols. */
const UNPRINTABLE =
  /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFFF9-\uFFFC\u2800\u303F\u{13441}\u{13442}\u{1D159}]+/gu

/** Marks alone have nothing to stand on, and what is private or unassigned has no agreed look. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

const SEEN = '(?!\\p{DI})[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]'
const SELECTOR = '[\\u180B-\\u180D\\u180F\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]'
const TAG = '[\\u{E0020}-\\u{E007F}]'

/**
 * What cannot be seen (Unicode's Default_Ignorable_Code_Point), except where it shapes what can: a
 * variation selector behind a character, a joiner between two (Persian and Hindi names and emoji
 * have them), and the tags that make a black flag England's.
 */
const INVISIBLE = new RegExp(
  `(?!(?<=${SEEN})${SELECTOR})` +
    `(?!(?<=${SEEN}${SELECTOR}?)[\\u200C\\u200D]${SEEN})` +
    `(?!(?<=\\u{1F3F4}${TAG}*)${TAG})` +
    '\\p{DI}',
  'gu',
)

/**
 * An e-mail address in lower case, with its host as the domain name system has it (ASCII, IDNA), so
 * that one host is one text however it is written: browsers themselves send either form. Null when
 * there can be no such host.
 */
export function withAsciiHost(address: string): string | null {
  const at = address.lastIndexOf('@') + 1
  const host = address.slice(at)
  // The library would cut off what is no host, and read numbers as addresses.
  if (!HOST_OR_IDN.test(host)) return null
  const ascii = HOST.test(host) ? host : domainToASCII(host)
  return HOST.test(ascii) ? address.slice(0, at) + ascii : null
}

/** As browsers check `type=email`. */
const HOST = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/
const HOST_OR_IDN = /^[a-z0-9.\-\u{80}-\u{10FFFF}]+$/u
