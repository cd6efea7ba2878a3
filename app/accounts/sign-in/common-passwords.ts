import { dictionary } from '@zxcvbn-ts/language-common'

/**
 * Whether a chosen password is one that attackers try first: on the list of the commonest ones, or
 * made of a word that belongs to this site or person plus some digits and signs.
 *
 * @param words what belongs to the site and the person: product and host name, name, e-mail address
 */
export function isCommonPassword(password: string, words: readonly string[]): boolean {
  const lowered = password.normalize('NFKC').toLowerCase()
  const letters = lettersOf(lowered)
  return COMMON.has(lowered) || barredWords(words).some((word) => letters === word)
}

const COMMON = new Set(dictionary['passwords-common'] as string[])

/** Shorter words would bar half the language. */
const MIN_WORD_LENGTH = 4

function barredWords(words: readonly string[]): string[] {
  return words
    .flatMap((word) => [word, ...word.split(/[^\p{L}]+/u)])
    .map((word) => lettersOf(word.normalize('NFKC').toLowerCase()))
    .filter((word) => word.length >= MIN_WORD_LENGTH)
}

const lettersOf = (text: string): string => text.replace(/[^\p{L}]/gu, '')
