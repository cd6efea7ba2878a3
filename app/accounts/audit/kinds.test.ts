import { expect, test } from 'vitest'
import { wordsOf } from './kinds'

const ASKED = 'A link to choose a new password was asked for'

test.each([
  ['who forgot their password asked for by mail', null, { mailed: true }, ASKED],
  ['an administrator mailed', 'somebody', { mailed: true }, 'Password link created'],
  ['an administrator was shown', 'somebody', {}, 'Password link created'],
  ['the command line printed', null, { by: 'command-line' }, 'Password link created'],
])('a password link that %s is called what it is', (_, actorId, details, words) => {
  expect(wordsOf('link.created', { actorId, details })).toBe(words)
})

test('a kind that is not known any more keeps its name', () => {
  expect(wordsOf('of.old', { actorId: null, details: {} })).toBe('of.old')
})
