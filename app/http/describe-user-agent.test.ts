import { describe, expect, test } from 'vitest'
import { describeUserAgent } from './describe-user-agent'

const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko)'

describe('a browser is said in words', () => {
  const cases = [
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${BLINK} Chrome/120.0.0.0 Safari/537.36`,
      'Chrome',
      'macOS',
      'desktop',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/120.0.0.0 Safari/537.36 Edg/120.0`,
      'Microsoft Edge',
      'Windows',
      'desktop',
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0',
      'Firefox',
      'Linux',
      'desktop',
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) ${WEBKIT} Version/17.2 Mobile/15E148 Safari/604.1`,
      'Safari',
      'iPhone',
      'phone',
    ],
    [
      `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${WEBKIT} Version/16.6 Mobile/15E148 Safari/604.1`,
      'Safari',
      'iPad',
      'tablet',
    ],
    [
      `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${BLINK} Chrome/120.0.0.0 Mobile Safari/537.36`,
      'Chrome',
      'Android',
      'phone',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${BLINK} Chrome/120.0.0.0 Safari/537.36`,
      'Chrome',
      'ChromeOS',
      'desktop',
    ],
  ] as const
  test.each(cases)('%s', (userAgent, browser, system, kind) => {
    expect(describeUserAgent(userAgent)).toEqual({ browser, system, kind })
  })
})

describe('what is no browser is said as well as it can be', () => {
  test('nothing at all', () => {
    const nobody = { browser: 'Unknown browser', system: '', kind: 'program' }
    expect(describeUserAgent('')).toEqual(nobody)
    expect(describeUserAgent('   ')).toEqual(nobody)
  })

  test('a program', () => {
    expect(describeUserAgent('curl/8.9.1')).toMatchObject({ kind: 'program' })
    expect(describeUserAgent('latchkey-backup/1.2 (cron)').browser).toBe('latchkey-backup')
  })

  test.each([
    '<script>alert(1)</script>',
    '\u202e\u0000',
    '(((((',
    'Mozilla/5.0',
    'x'.repeat(5_000),
  ])('nonsense, briefly: %.30s', (userAgent) => {
    const { browser, system } = describeUserAgent(userAgent)
    expect(browser.length).toBeGreaterThan(0)
    expect(browser.length + system.length).toBeLessThan(100)
  })
})
