import { describe, expect, test } from 'vitest'
import { describeUserAgent } from './describe-user-agent'
import { askForDeviceHints, deviceHintsIn } from './device-hints'

const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0'
const WINDOWS = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Safari/537.36`
const MAC = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${BLINK} Safari/537.36`
const ANDROID = `Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Mobile Safari/537.36`
const NAMED = `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${BLINK} Mobile Safari/537.36`

const sent = (platform: string, version: string, model = '""') => ({
  'sec-ch-ua-platform': platform,
  'sec-ch-ua-platform-version': version,
  'sec-ch-ua-model': model,
})

/** The system that a page names, of what a browser sent. */
const shown = (userAgent: string, headers: ReturnType<typeof sent>) =>
  describeUserAgent(userAgent, deviceHintsIn(headers)).system

describe('hints of a device', () => {
  test.each([
    ['no browser that sends none', WINDOWS, {}, 'Windows'],
    ['Windows 11', WINDOWS, sent('"Windows"', '"15.0.0"'), 'Windows 11'],
    ['the first Windows 11', WINDOWS, sent('"Windows"', '"13.0.0"'), 'Windows 11'],
    ['Windows 10', WINDOWS, sent('"Windows"', '"10.0.0"'), 'Windows 10'],
    ['an early Windows 10', WINDOWS, sent('"Windows"', '"1.0.0"'), 'Windows 10'],
    ['a Windows from before', WINDOWS, sent('"Windows"', '"0.3.0"'), 'Windows'],
    ['a macOS', MAC, sent('"macOS"', '"15.6.1"'), 'macOS 15'],
    ['a phone by its model', ANDROID, sent('"Android"', '"16.0.0"', '"Pixel 8"'), 'Pixel 8'],
    ['a phone that is named by its User-Agent', NAMED, sent('"Android"', '"16.0.0"'), 'Pixel 8'],
    ['a phone that keeps it to itself', ANDROID, sent('"Android"', '"16.0.0"'), 'Android 16'],
    ['no Linux, which has no version', WINDOWS, sent('"Linux"', '""'), 'Windows'],
  ])('tell %s', (_, userAgent, headers, system) => {
    expect(shown(userAgent, headers as ReturnType<typeof sent>)).toBe(system)
  })

  test('that speak of another system than the User-Agent are not shown', () => {
    expect(shown(WINDOWS, sent('"Android"', '"16.0.0"', '"Pixel 8"'))).toBe('Windows')
    expect(shown(MAC, sent('"Windows"', '"15.0.0"'))).toBe('macOS')
    expect(shown('curl/8.9.1', sent('"Windows"', '"15.0.0"'))).toBe('')
  })

  test('are kept as one short text', () => {
    expect(deviceHintsIn(sent('"Windows"', '"15.0.0"'))).toBe('Windows 15.0.0')
    expect(deviceHintsIn(sent('"Android"', '"14.0.0"', '"moto g(7) power"'))).toBe(
      'Android 14.0.0; moto g(7) power',
    )
    expect(deviceHintsIn(sent('"Android"', '""', '"Pixel 8 "'))).toBe('Android; Pixel 8')
  })

  const long = 'x'.repeat(5_000)
  test.each([
    ['no header at all', {}],
    ['the system alone', sent('"Windows"', '""')],
    ['no quotes', sent('Windows', '15.0.0')],
    ['a system that says nothing', sent('"Linux"', '"6.1.0"')],
    ['a name of ours', sent('"__proto__"', '"15.0.0"')],
    ['a version that is none', sent('"Windows"', '"15.0.0<script>"')],
    ['a long version', sent('"Windows"', `"${'1'.repeat(5_000)}"`)],
    ['many parts', sent('"Windows"', '"1.1.1.1.1"')],
    ['a long model', sent('"Android"', '""', `"${long}"`)],
    ['a model with markup', sent('"Android"', '""', '"<b>Pixel</b>"')],
    ['a model that would end the text', sent('"Android"', '""', '"Pixel; x"')],
    ['a model that turns the text', sent('"Android"', '""', '"\u202eleixP"')],
    ['a model with a line break', sent('"Android"', '""', '"Pixel\n8"')],
    ['a model with a NUL', sent('"Android"', '""', '"Pixel\0"')],
    ['an escaped quote', sent('"Android"', '""', String.raw`"Pix\"el"`)],
    ['two of them', sent('"Windows", "Windows"', '"15.0.0", "10.0.0"')],
    ['long nonsense', sent(long, long, long)],
  ])('are not kept of %s', (_, headers) => {
    expect(deviceHintsIn(headers)).toBeNull()
  })

  test('that somebody wrote into the database by hand change nothing', () => {
    for (const hints of ['', 'Windows', 'Windows x', '; ', long, '\n', 'Windows 99999999999']) {
      expect(describeUserAgent(WINDOWS, hints).system).toMatch(/^Windows(?: 11)?$/)
    }
  })
})

describe('a page asks for hints', () => {
  const asked = (origin: string) => {
    const headers: Record<string, unknown> = {}
    askForDeviceHints({ origin, setHeader: (name, value) => (headers[name] = value) })
    return headers['Accept-CH']
  }

  test.each(['https://accounts.example.test', 'http://localhost:3000', 'http://127.0.0.1:3000'])(
    'at %s',
    (origin) => {
      expect(asked(origin)).toBe('Sec-CH-UA-Platform-Version, Sec-CH-UA-Model')
    },
  )

  test('never over plain http', () => {
    expect(asked('http://accounts.example.test')).toBeUndefined()
  })
})
