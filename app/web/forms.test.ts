import type { AppLoadContext } from '@remix-run/node'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createSecret } from '~/accounts/secret-token'
import { createFormToken } from './form-token'
import { parseForm, readForm, readIntent, readSignedForm, refuseFields } from './forms'
import { createSessionCookie } from './session-cookie'

const schema = z.object({
  name: z.string('The name is missing').min(2, 'Too short'),
  currentPassword: z.string().optional(),
  ids: z.array(z.string()),
})

const form = (text: string) => new URLSearchParams(text)

describe('a form is refused', () => {
  const send = (body: string, headers: Record<string, string> = {}) =>
    readForm(
      new Request('http://localhost/', {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      }),
    )
  const refusal = (sent: Promise<unknown>) =>
    sent.then(
      () => 'none',
      (answer: unknown) => (answer as Response).status,
    )

  test('with a 413 when it has more fields than any of ours, for each costs something', async () => {
    const fields = (count: number) => Array.from({ length: count }, (_, n) => `f${n}=`).join('&')
    expect(await refusal(send(fields(301)))).toBe(413)
    expect(await refusal(send('x=1&'.repeat(20_000)))).toBe(413)
    expect((await send(fields(300))).size).toBe(300)
  })

  test.each([
    { 'Content-Type': 'text/plain' },
    { 'Content-Type': 'application/x-www-form-urlencoded-not' },
    { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-16' },
    { 'Content-Encoding': 'gzip' },
  ])('with a 415 when it would have to be read in another way: %o', async (headers) => {
    expect(await refusal(send('name=Ada', headers as Record<string, string>))).toBe(415)
  })

  test.each([
    'application/x-www-form-urlencoded;charset=UTF-8',
    'Application/X-WWW-Form-Urlencoded',
  ])('not for how its type is spelled: %s', async (type) => {
    expect((await send('name=Ada', { 'Content-Type': type })).get('name')).toBe('Ada')
  })
})

describe('fields are refused', () => {
  test('when one is missing, with the message of its rule', () => {
    expect(parseForm(form(''), schema)).toMatchObject({
      ok: false,
      errors: { name: 'The name is missing' },
    })
  })

  test('when one is sent twice, also with equal values', () => {
    const parsed = parseForm(form('name=Ada&name=Ada'), schema)
    expect(parsed).toMatchObject({ ok: false, errors: { name: 'This was sent more than once' } })
  })

  test('with what to show again, passwords left out', () => {
    const parsed = parseForm(form('name=A&currentPassword=secret'), schema)
    expect(parsed).toMatchObject({ ok: false, errors: { name: 'Too short' } })
    expect(parsed).toHaveProperty('typed', { name: 'A' })
  })

  test('with what was ticked in a list side by side', () => {
    const parsed = parseForm(form('name=A&ids=one&ids=two'), schema)
    expect(parsed).toHaveProperty('typed', { name: 'A', ids: 'one two' })
  })

  test('in the same form when only the accounts know why', () => {
    const refused = refuseFields(form('name=Ada&currentPassword=secret&role=admin'), schema, {
      name: 'Taken',
    })
    expect(refused).toEqual({ ok: false, errors: { name: 'Taken' }, typed: { name: 'Ada' } })
  })
})

describe('fields are read', () => {
  test('as the schema names them, and no others', () => {
    const parsed = parseForm(form('name=Ada&role=admin&__proto__=x&constructor=y'), schema)
    expect(parsed).toEqual({ ok: true, fields: { name: 'Ada', ids: [] } })
    expect(Object.prototype).not.toHaveProperty('x')
  })

  test('as a list only where one is wanted', () => {
    expect(parseForm(form('name=Ada&ids=1&ids=2'), schema)).toMatchObject({
      fields: { ids: ['1', '2'] },
    })
    expect(parseForm(form('name[]=Ada'), schema)).toMatchObject({ ok: false })
  })
})

describe('a body is refused', () => {
  const types = ['text/plain', 'application/json', 'multipart/form-data; boundary=x', '']
  test.each(types)('with 415 when it is of the type "%s"', async (type) => {
    await expect(readForm(sent('name=Ada', type))).rejects.toMatchObject({ status: 415 })
  })

  test.each(['name=%ff', 'name=%C3%28', 'name=%', 'name=%ED%A0%80', '%ff=x'])(
    'with 400 when it is not UTF-8: %s',
    async (text) => {
      await expect(readForm(sent(text))).rejects.toMatchObject({ status: 400 })
    },
  )
})

test('a form is read whatever it says about its charset', async () => {
  const type = 'Application/X-WWW-Form-Urlencoded; charset=utf-8'
  expect((await readForm(sent('name=A+d%C3%A4', type))).get('name')).toBe('A dä')
})

describe('a signed form', () => {
  const secret = createSecret()
  const good = createFormToken(secret)
  const cases = {
    'without a token': ['name=Ada', secret],
    'with an empty token': ['formToken=', secret],
    'with two tokens, both good': [`formToken=${good}&formToken=${good}`, secret],
    'with the token of another session': [`formToken=${createFormToken(createSecret())}`, secret],
    'without a session': [`formToken=${good}`, ''],
  } as const
  test.each(Object.entries(cases))('%s is refused with 403', async (_, [text, cookie]) => {
    const reading = readSignedForm(sent(text, FORM, cookie), context)
    await expect(reading).rejects.toMatchObject({ status: 403 })
  })

  test('is accepted with the token of its own session', async () => {
    const reading = readSignedForm(sent(`formToken=${good}&name=Ada`, FORM, secret), context)
    expect((await reading).get('name')).toBe('Ada')
  })
})

describe('an intent', () => {
  test.each(['', 'intent=', 'intent=other', 'intent=a&intent=a', 'intent=a&intent=b', 'intent=A'])(
    'is refused with 400 when it is not one of the page’s: "%s"',
    (text) => {
      expect(() => readIntent(form(text), ['a', 'b'])).toThrow(
        expect.objectContaining({ status: 400 }) as Error,
      )
    },
  )

  test('is the one that was sent', () => {
    expect(readIntent(form('intent=b'), ['a', 'b'])).toBe('b')
  })
})

const FORM = 'application/x-www-form-urlencoded'

function sent(body: string, type = FORM, cookie = ''): Request {
  const headers = { 'Content-Type': type, Cookie: `latchkey-80=${cookie}` }
  return new Request('http://localhost/', { method: 'POST', headers, body })
}

const context = {
  sessionCookie: createSessionCookie('http://localhost'),
  log: { warn: () => undefined },
  // Here, a session's form key is its secret.
  services: {
    sessions: {
      verify: (secret?: string) =>
        Promise.resolve(secret ? { session: { formKey: secret } } : null),
    },
  },
} as unknown as AppLoadContext
