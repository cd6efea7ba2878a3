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
    'ada@x/y.org',
    'ada@x.org?subject=x',
    'ada@x%2e.org',
    'ada@x.org.',
    'ada@.x.org',
    'ada@x..org',
    'ada@-x.org',
    'ada@x_y.org',
    'ada@bücher/.example',
    'ada@bücher%20.example',
    'ada@bü..example',
    'ada@\u0301bc.example',
    `ada@${'ü'.repeat(60)}.example`,
    `ada@${'x'.repeat(64)}.example`,
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

  const hosts = {
    'xn--bcher-kva.example': [
      'bücher.example',
      'BÜCHER.example',
      'bu\u0308cher.example',
      'xn--bcher-kva.example',
      'XN--BCHER-KVA.EXAMPLE',
      'ｂücher｡example',
    ],
    // Two hosts since IDNA 2008.
    'xn--strae-oqa.example': ['straße.example'],
    'strasse.example': ['strasse.example'],
  }
  test.each(Object.entries(hosts))(
    'has the host %s in whatever form it is sent',
    (ascii, forms) => {
      for (const host of forms) expect(emailSchema.parse(`Ada@${host}`)).toBe(`ada@${ascii}`)
    },
  )

  test('is refused when its host is too long as the domain name system has it', () => {
    const host = 'ü'.repeat(30)
    expect(messageOf(emailSchema, `ada@${`${host}.`.repeat(7)}example`)).toContain('at most 254')
  })

  test('stays as it is once it is normalised', () => {
    const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 })
    const property = fc.property(part, part, (local, host) => {
      for (const text of [`${local}@example.com`, `ada@${host}`]) {
        const parsed = emailSchema.safeParse(text)
        if (parsed.success) expect(emailSchema.parse(parsed.data)).toBe(parsed.data)
      }
    })
    fc.assert(property, { numRuns: 500 })
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

  const nothingToSee = {
    'zero-width spaces and joiners': '\u200b\u200c\u200d\u2060\ufeff',
    'Hangul fillers': '\u3164\u115f\u1160\uffa0',
    'blank symbols': '\u2800\u{1d159}\u303f',
    'blank hieroglyphs': '\u{13441}\u{13442}',
    'places of objects that are missing': '\ufffc',
    'soft hyphens and direction marks': '\u00ad\u200e\u200f\u061c',
    'selectors and tags': '\ufe0f\u{e0100}\u180b\u{e0041}\u{e007f}',
    'marks that stand on nothing': '\u0301\u0308\u20dd',
    'private and unassigned characters': '\ue000\u{f0000}\u{10ffff}',
    'spaces of all kinds': '\u00a0\u2003\u3000\u205f',
  }
  test.each(Object.entries(nothingToSee))('is refused when it is made of %s', (_, text) => {
    expect(messageOf(nameSchema, text)).toBe('Enter a name')
    for (const one of text) expect(messageOf(nameSchema, one.repeat(3))).toBe('Enter a name')
  })

  test('loses what cannot be seen in it', () => {
    expect(nameSchema.parse('A\u200bd\u00ada\u3164')).toBe('Ada')
    expect(nameSchema.parse('\u200dAda \u200d\ufe0fLovelace\u200d')).toBe('Ada Lovelace')
    expect(nameSchema.parse('Ada\u{e0041}\u{e0042}')).toBe('Ada')
    expect(nameSchema.parse('Zoe\u200b\u0308')).toBe('Zoë')
    expect(nameSchema.parse('\u{13441}Ada\ufffcLovelace\u303f')).toBe('Ada Lovelace')
    expect(nameSchema.parse('Ada\u200d\u200d\u200bLovelace')).toBe('AdaLovelace')
  })

  const shaped = {
    Persian: '\u0639\u0644\u06cc\u200c\u0631\u0636\u0627',
    Hindi: '\u0915\u094d\u200d\u0937',
    Sinhala: '\u0dc1\u0dca\u200d\u0dbb\u0dd3',
    hieroglyphs: '\u{13171}\u{13440}\u{13430}\u{13443}',
    Japanese: '\u845b\u{e0100}\u98fe',
    Mongolian: '\u1820\u180b\u1821',
    'emoji that are joined': '👩🏽\u200d🚀 👩\u200d❤\ufe0f\u200d👩',
    'the flag of England': '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  }
  test.each(Object.entries(shaped))('keeps what shapes it: %s', (_, name) => {
    expect(nameSchema.parse(name)).toBe(name)
  })

  test('stays as it is once it is kept', () => {
    const characters = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 3 }),
      fc.constantFrom('\u200d', '\u200c', '\ufe0f', '\u200b', '\u0308', '\u3164', ' ', '\u2800'),
    )
    const property = fc.property(fc.array(characters, { maxLength: 20 }), (parts) => {
      const parsed = nameSchema.safeParse(parts.join(''))
      if (parsed.success) expect(nameSchema.parse(parsed.data)).toBe(parsed.data)
    })
    fc.assert(property, { numRuns: 500 })
  })

  test('is counted as it is kept', () => {
    // One character, which Unicode always writes as three.
    expect('\u{1d160}'.normalize('NFC')).toHaveLength(6)
    expect(nameSchema.safeParse('\u{1d160}'.repeat(33)).success).toBe(true)
    expect(messageOf(nameSchema, '\u{1d160}'.repeat(34))).toContain('at most 100 characters')
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

  test('is counted the same in whatever Unicode form it is sent', () => {
    expect(messageOf(newPasswordSchema, 'e\u0301'.repeat(7))).toBe('Use at least 8 characters')
    for (const schema of [newPasswordSchema, givenPasswordSchema]) {
      expect(schema.safeParse('e\u0301'.repeat(256)).success).toBe(true)
    }
  })

  test('is passed on as it was sent, neither trimmed nor normalised', () => {
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

test('a checkbox is read as ticked or absent, and refused otherwise', () => {
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
