import { domainToUnicode } from 'node:url'
import { dictionary } from '@zxcvbn-ts/language-common'

/**
 * Whether a chosen password is one that attackers try first: on the list of the commonest ones, or
 * made of nothing but words that belong to this site or person, glued together or repeated, with
 * whatever digits and signs between and around them. A sentence that has other words too is fine.
 *
 * @param words what belongs to the site and the person: product and host name, name, e-mail address
 */
export function isCommonPassword(password: string, words: readonly string[]): boolean {
  if (COMMON.has(password.normalize('NFKC').toLowerCase())) return true
  const own = ownWords(words)
  const long = own.filter((word) => [...word].length > SHORTEST_WORD)
  const { length } = password.normalize('NFC')
  return spellingsOf(password).some((text) =>
    [text, text.replace(/\P{L}/gu, '')].some((part) =>
      // Of short words a password is made only if most of it is words.
      isWordsAlone(part, part.length * 2 >= length ? own : long),
    ),
  )
}

const COMMON = new Set(dictionary['passwords-common'])

/** One short word is little of a password: what else is in it counts. */
const FEWEST_CHARACTERS = 4

/** Names of two characters are common in Chinese; one is an initial. */
const SHORTEST_WORD = 2

/** The words in each spelling, with the digits that belong to them ("ann2000", "20001234") and without. */
function ownWords(texts: readonly string[]): string[] {
  const parts = (text: string) => [
    text,
    ...text.split('@'),
    ...text.split(/[^\p{L}\p{M}\p{N}]+/u),
    ...text.split(/[^\p{L}\p{M}]+/u),
  ]
  const words = texts
    .flatMap((text) => [text, text.replace(IDN_LABEL, (label) => domainToUnicode(label))])
    .flatMap(parts)
    .flatMap(spellingsOf)
    .flatMap((word) => [word, word.replace(/\P{L}/gu, '')])
  return [...new Set(words)].filter((word) => [...word].length >= SHORTEST_WORD)
}

/** Addresses have their host in ASCII, and people type it as they read it. */
const IDN_LABEL = /xn--[a-z0-9-]+/gi

/**
 * The bare letters and digits in lower case, as those write them who leave accents out ("Soren") and
 * as those who write two letters instead ("Soeren"). Whatever is alike unfolded is alike folded.
 */
function spellingsOf(text: string): string[] {
  const composed = text.normalize('NFKC').toLowerCase()
  const inTwoLetters = composed.replace(/[äöüåøđ]/g, (letter) => TWO_LETTERS[letter]!)
  return [...new Set([composed, inTwoLetters])].map((spelling) =>
    spelling
      .normalize('NFKD')
      .replace(/[øłßæœđðþıħŧŋς]/g, (letter) => ONE_PIECE[letter]!)
      .replace(/[^\p{L}\p{N}]/gu, ''),
  )
}

const TWO_LETTERS: Record<string, string> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  å: 'aa',
  ø: 'oe',
  đ: 'dj',
}

/** Letters that Unicode does not take apart, and the sigma that only ends words. */
const ONE_PIECE: Record<string, string> = {
  ø: 'o',
  ł: 'l',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ς: 'σ',
}

/** Whether words alone make up the text. Goes through it once, however ambiguous the words are. */
function isWordsAlone(text: string, words: readonly string[]): boolean {
  if (text.length < FEWEST_CHARACTERS) return false
  const ends = new Set([0])
  for (const at of ends) {
    for (const word of words) if (text.startsWith(word, at)) ends.add(at + word.length)
  }
  return ends.has(text.length)
}
