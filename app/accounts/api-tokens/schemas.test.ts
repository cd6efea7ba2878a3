import { expect, test } from 'vitest'
import { createTokenSchema } from './schemas'

const parse = (name: string) =>
  createTokenSchema.safeParse({ name, scope: ['profile:read'], lifetime: '30' })

test.each(['', ' ', '\u200b\u200d', '\u3164', '\u2800'])(
  'a token is refused a name of which nothing can be seen: "%s"',
  (name) => {
    expect(parse(name).error?.issues[0]?.message).toBe('Give the token a name')
  },
)

test('a token is kept under the name that can be seen', () => {
  expect(parse(' back\u200bup\u202e ').data?.name).toBe('backup')
})
