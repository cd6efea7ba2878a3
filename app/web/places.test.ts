import { describe, expect, test } from 'vitest'
import { placeOf } from './places'

describe('the place of an address', () => {
  test.each(['', 'unknown', 'example.org', '192.0.2', '300.1.1.1', '::g'])(
    'is not known of “%s”, which is no address',
    (text) => {
      expect(placeOf(text)).toBe('')
    },
  )

  test.each([
    '0.0.0.0',
    '192.0.2.1',
    '224.0.0.1',
    '255.255.255.255',
    '2001:db8::1',
    'ff02::1',
    '::',
  ])('is not known of %s, which no machine of a visitor has', (address) => {
    expect(placeOf(address)).toBe('')
  })

  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.178.20',
    '169.254.1.1',
    '100.64.0.7',
    '::1',
    'fe80::1',
    'fd12:3456::1',
    '::ffff:192.168.178.20',
  ])('is this network for %s', (address) => {
    expect(placeOf(address)).toBe('this network')
  })

  test.each([
    ['193.0.6.139', 'Netherlands'],
    ['::ffff:193.0.6.139', 'Netherlands'],
    ['2001:67c:2e8:22::c100:68b', 'Netherlands'],
    ['133.11.0.1', 'Japan'],
  ])('is the country that %s is registered in', (address, country) => {
    expect(placeOf(address)).toBe(country)
  })
})
