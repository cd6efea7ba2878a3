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

/** Length in code points, as a person counts: an emoji is one. */
export const lengthOf = (text: string): number => [...text].length

/** Line breaks and other controls, and what turns the direction of the text around it. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu

/** A name as it is kept: one line, which cannot rearrange the page that it is shown on. */
export const nameText = (text: string): string =>
  text.normalize('NFC').replace(UNPRINTABLE, ' ').trim()
