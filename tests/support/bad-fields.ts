/** Fields to send instead of the good ones; null leaves one out. */
export type Changes = Record<string, string | readonly string[] | null>

/** What is wrong with a field of text, and what the person reads. */
export const wrongTexts = (
  name: string,
  good: string,
  max: number,
): [what: string, changes: Changes, message: RegExp][] => [
  ['is missing', { [name]: null }, /is missing/],
  ['is empty', { [name]: '' }, /Enter |Use at least |Give (?:the token|the group|it) |is made of /],
  ['is too long', { [name]: 'a'.repeat(max + 1) }, RegExp(`at most ${max} characters`)],
  ['comes twice', { [name]: [good, good] }, /sent more than once/],
  ['comes as a list', { [name]: null, [`${name}[]`]: good }, /is missing/],
  ['holds a NUL', { [name]: `${good}\0` }, /cannot be stored/],
]

/** What is no e-mail address, in one way or another. */
export const wrongAddresses = [
  'ada',
  'ada@',
  '@example.com',
  'a b@example.com',
  'ada@example.com\r\nBcc: eve@example.com',
  'ada@example.com,eve@example.com',
  '\u202Eada@example.com\u0007',
  `${'a'.repeat(250)}@example.com`,
  // Short as typed, and longer than allowed once it is normalised.
  `${'\uFDFA'.repeat(20)}@example.com`,
]
