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
  const letters = lettersOf(password)
  return letters.length >= FEWEST_LETTERS && isMadeOf(letters, ownWords(words))
}

const COMMON = new Set(dictionary['passwords-common'])

/** One short word is little of a password: what else is in it counts. */
const FEWEST_LETTERS = 4

/** Shorter words than this would, glued together, make half the language. */
const MIN_WORD_LENGTH = 3

function ownWords(texts: readonly string[]): string[] {
  const parts = (text: string) => [text, ...text.split('@'), ...text.split(/[^\p{L}\p{M}]+/u)]
  return texts
    .flatMap(parts)
    .map(lettersOf)
    .filter((word) => word.length >= MIN_WORD_LENGTH)
}

/** The bare letters: in lower case, and without their accents, which people leave out. */
const lettersOf = (text: string): string =>
  text.normalize('NFKD').toLowerCase().replace(/\P{L}/gu, '')

/** Whether words alone make up the text. Goes through it once, however ambiguous the words are. */
function isMadeOf(text: string, words: readonly string[]): boolean {
  const ends = new Set([0])
  for (const at of ends) {
    for (const word of words) if (text.startsWith(word, at)) ends.add(at + word.length)
  }
  return ends.has(text.length)
}
