import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { newId } from '../row-id'
import { emailOrUsernameSchema, usernameSchema } from './schemas'
import { isUsername, suggestions } from './usernames'

const messageOf = (schema: z.ZodType, input: unknown) =>
  schema.safeParse(input).error?.issues[0]?.message

describe('a username', () => {
  test.each(['', '-ada', '.ada', 'a da', 'ada@', 'ada/', 'zoë', 'ada,', 'x'.repeat(40), 'a\nb'])(
    'is refused without the form of one: %j',
    (text) => {
      expect(messageOf(usernameSchema, text)).toContain('Start with a letter or digit')
    },
  )

  test('is refused when it is an id, which stands in for one', () => {
    expect(messageOf(usernameSchema, newId())).toContain('This is an id')
  })

  test('is in lower case however it is typed', () => {
    expect(usernameSchema.parse(' Ada.Lovelace_1-x ')).toBe('ada.lovelace_1-x')
    expect(usernameSchema.parse('x'.repeat(39))).toBe('x'.repeat(39))
  })
})

describe('what somebody signs in with', () => {
  test('is refused when it can be neither', () => {
    const neither = 'Enter an e-mail address like name@example.com, or a username'
    for (const text of ['ada@', '@x', 'a da', 'zoë', '<ada@x.org>', 'x'.repeat(40)]) {
      expect(messageOf(emailOrUsernameSchema, text)).toBe(neither)
    }
    expect(messageOf(emailOrUsernameSchema, ' ')).toBe('Enter your e-mail address or username')
    expect(messageOf(emailOrUsernameSchema, 'ada\0')).toContain('cannot be stored')
    expect(messageOf(emailOrUsernameSchema, undefined)).toContain('is missing')
  })

  test('is an address with an @, and else a username, however it is written', () => {
    expect(emailOrUsernameSchema.parse(' Ada＠Bücher.example')).toBe('ada@xn--bcher-kva.example')
    expect(emailOrUsernameSchema.parse(' ＡＤＡ ')).toBe('ada')
  })
})

describe('a suggested username', () => {
  const first = (email: string, isEntered = true) => suggestions(email, { isEntered }).next().value

  test.each(['admin', 'Root', 'git', 'system', 'www-data', 'grafana', 'nobody', '_root_', 'ädmin'])(
    'is never special: %s',
    (local) => {
      for (const isEntered of [true, false]) {
        expect(first(`${local}@example.com`, isEntered)).toMatch(/^[a-z-]+-\d{4}$/)
      }
    },
  )

  test.each([
    ['ada', 'ada'],
    ['ada.lovelace+lists', 'ada.lovelace'],
    ['zoë', 'zoe'],
    ["o'brien", 'o-brien'],
    ['-.ada_', 'ada'],
    ['ada lovelace', 'ada-lovelace'],
    ['x'.repeat(64), 'x'.repeat(29)],
  ])('of "%s" is "%s"', (local, name) => {
    expect(first(`${local}@example.com`)).toBe(name)
  })

  test('has a number where nothing of the address can stay', () => {
    expect(first('李雷@example.com')).toMatch(/^user-\d{4}$/)
    expect(first('+x@example.com')).toMatch(/^user-\d{4}$/)
  })

  test('is a valid one, however long it is looked for', () => {
    for (const local of ['x'.repeat(64), 'admin', '..', '💥', '9', 'a-'.repeat(32)]) {
      const names = suggestions(`${local}@example.com`, { isEntered: true })
      const found = Array.from({ length: 60 }, () => names.next().value)
      expect(found.filter((name) => !isUsername(name))).toEqual([])
    }
  })
})
