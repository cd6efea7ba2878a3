import { expect, test } from 'vitest'
import { describeUnknown } from './unknown-settings'

const SETTINGS = ['HOST', 'PORT', 'SIGNUP', 'SESSION_IDLE']

test.each([
  ['SINGUP', 'SIGNUP'],
  ['SIGN_UP', 'SIGNUP'],
  ['signup', 'SIGNUP'],
  ['PROT', 'PORT'],
  ['SESION_IDEL', 'SESSION_IDLE'],
])('a misspelt name is told apart, with the one that was meant: %s', (name, meant) => {
  expect(describeUnknown(['HOST', name], SETTINGS)).toEqual([
    `The file .env sets ${name}, which is no setting of Latchkey. Did you mean ${meant}?`,
  ])
})

test.each(['NODE_ENV', 'MOST', 'COMPOSE_PROJECT_NAME', 'X'])(
  'a name that is like none is named alone, unless one letter is wrong: %s',
  (name) => {
    const [sentence] = describeUnknown([name], SETTINGS)
    expect(sentence).toContain(`sets ${name}, which is no setting`)
    expect(sentence!.includes('Did you mean HOST?')).toBe(name === 'MOST')
  },
)

test('the names of settings are passed over', () => {
  expect(describeUnknown(SETTINGS, SETTINGS)).toEqual([])
})
