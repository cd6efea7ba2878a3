import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import {
  checkboxSchema,
  emailSchema,
  givenPasswordSchema,
  nameSchema,
  newPasswordSchema,
  signInSchema,
} from './schemas'

const messageOf = (schema: z.ZodType, input: unknown) =>
  schema.safeParse(input).error?.issues[0]?.message

describe('an e-mail address', () => {
  const wrong = [
    'ada',
    '@example.com',
    'ada@',
    'a da@example.com',
    'ada@@example.com',
    '<ada@x.org>',
    'a,b@x.org',
    'ada@x.org;',
  ]
  test.each(wrong)('is refused without the form of one: %s', (text) => {
    expect(messageOf(emailSchema, text)).toBe('Enter an e-mail address like name@example.com')
  })

  test('is refused when it is empty, too long or not stored as it is', () => {
    expect(messageOf(emailSchema, '  ')).toBe('Enter an e-mail address')
    expect(messageOf(emailSchema, `${'a'.repeat(250)}@x.org`)).toContain('at most 254 characters')
    expect(messageOf(emailSchema, 'ada\0@example.com')).toContain('cannot be stored')
    expect(messageOf(emailSchema, 'ada\ud800@example.com')).toContain('cannot be stored')
    expect(messageOf(emailSchema, undefined)).toBe('The e-mail address is missing')
    expect(messageOf(emailSchema, ['ada@example.com'])).toBe('The e-mail address is missing')
  })

  test('is refused when something in it cannot be seen', () => {
    for (const mark of ['\u200b', '\u202e', '\u2066', '\ufeff']) {
      expect(emailSchema.safeParse(`a${mark}da@example.com`).success).toBe(false)
    }
  })

  test('is one and the same however it is written', () => {
    const spellings = [
      'Ada@Example.COM',
      ' ada@example.com ',
      'ａda@example.com',
      'ADA@EXAMPLE.COM',
    ]
    expect(new Set(spellings.map((text) => emailSchema.parse(text)))).toEqual(
      new Set(['ada@example.com']),
    )
  })

  test('stays as it is once it is normalised', () => {
    const local = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    const property = fc.property(local, (text) => {
      const parsed = emailSchema.safeParse(`${text}@example.com`)
      if (parsed.success) expect(emailSchema.parse(parsed.data)).toBe(parsed.data)
    })
    fc.assert(property, { numRuns: 2_000 })
  })
})

describe('a name', () => {
  test('is refused when it is empty, too long or not stored as it is', () => {
    expect(messageOf(nameSchema, ' \n ')).toBe('Enter a name')
    expect(messageOf(nameSchema, 'x'.repeat(101))).toBe(
      'The name must be at most 100 characters long',
    )
    expect(messageOf(nameSchema, 'a\0b')).toContain('cannot be stored')
  })

  test('is kept as it is written, on one line', () => {
    expect(nameSchema.parse(' Ada\r\nLovelace ')).toBe('Ada Lovelace')
    expect(nameSchema.parse('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>')
    expect(nameSchema.parse('Zoe\u0308')).toBe('Zoë')
  })

  test('cannot turn round the page around it', () => {
    expect(nameSchema.parse('Ada\u202eecalevoL')).toBe('Ada ecalevoL')
  })

  test('is counted as a person counts', () => {
    expect(nameSchema.safeParse('😀'.repeat(100)).success).toBe(true)
    expect(nameSchema.safeParse('😀'.repeat(101)).success).toBe(false)
  })
})

describe('a password', () => {
  test('that is chosen is refused below 8 and above 256 characters', () => {
    expect(messageOf(newPasswordSchema, 'x'.repeat(7))).toBe('Use at least 8 characters')
    expect(messageOf(newPasswordSchema, '😀'.repeat(7))).toBe('Use at least 8 characters')
    expect(messageOf(newPasswordSchema, 'x'.repeat(257))).toContain('at most 256 characters')
    expect(newPasswordSchema.safeParse('😀'.repeat(8)).success).toBe(true)
    expect(newPasswordSchema.safeParse('😀'.repeat(256)).success).toBe(true)
  })

  test('is neither trimmed nor normalised', () => {
    for (const schema of [newPasswordSchema, givenPasswordSchema]) {
      expect(schema.parse('  cafe\u0301 au lait ')).toBe('  cafe\u0301 au lait ')
    }
  })

  test('with a NUL or half a character is refused', () => {
    for (const schema of [newPasswordSchema, givenPasswordSchema]) {
      expect(messageOf(schema, 'long enough\0')).toContain('cannot be stored')
      expect(messageOf(schema, 'long enough\udc00')).toContain('cannot be stored')
    }
  })

  test('that is given need not be long, but must be there', () => {
    expect(messageOf(givenPasswordSchema, '')).toBe('Enter your password')
    expect(givenPasswordSchema.safeParse('x').success).toBe(true)
  })
})

test('a checkbox is ticked, absent, or refused', () => {
  expect(checkboxSchema.parse('on')).toBe(true)
  expect(checkboxSchema.parse(undefined)).toBe(false)
  for (const value of ['', 'off', 'true', '1']) {
    expect(checkboxSchema.safeParse(value).success).toBe(false)
  }
})

test('a form takes no field that it does not name', () => {
  const parsed = signInSchema.parse({
    email: 'ada@example.com',
    password: 'x',
    role: 'admin',
    __proto__: { isAdmin: true },
  })
  expect(Object.keys(parsed).sort()).toEqual(['email', 'keep', 'password'])
})
