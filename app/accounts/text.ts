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
