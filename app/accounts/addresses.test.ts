import { describe, expect, test } from 'vitest'
import { addressKey, canonicalAddress, UNKNOWN_ADDRESS } from './addresses'

const NO_ADDRESSES = [
  '',
  'unknown',
  '_hidden',
  '_SEVKISEK',
  'localhost',
  '<script>',
  'for=192.0.2.1',
  'for="[2001:db8::1]"',
  '300.1.1.1',
  '192.0.2',
  '1',
  '0x7f.1',
  '010.0.0.1',
  '192.0.2.1/24',
  '192.0.2.1:',
  '192.0.2.1:80:80',
  '192.0.2.1:_port',
  '192.0.2.1, 192.0.2.2',
  '"192.0.2.1',
  '[2001:db8::1',
  '2001:db8::1]:443',
  '[2001:db8::1]443',
  '[]',
  '[]:443',
  '%eth0',
  '2001:db8::1::2',
  '1:2:3:4:5:6:7:8:9',
  '192.0.2.1'.repeat(2_000),
]

describe('an address', () => {
  test.each(NO_ADDRESSES.map((text) => [text.slice(0, 40), text] as const))(
    'is not read from "%s"',
    (_, text) => {
      expect(canonicalAddress(text)).toBeNull()
    },
  )

  const spellings = {
    '198.51.100.1': [
      '198.51.100.1',
      ' 198.51.100.1\t',
      '"198.51.100.1"',
      '198.51.100.1:40100',
      '"198.51.100.1:40100"',
      '::ffff:198.51.100.1',
      '::FFFF:198.51.100.1',
      '::ffff:c633:6401',
      '0:0:0:0:0:ffff:c633:6401',
      '0000:0000:0000:0000:0000:ffff:198.51.100.1',
      '[::ffff:198.51.100.1]:40100',
      '"[::ffff:C633:6401]"',
      '::ffff:198.51.100.1%eth0',
    ],
    '2001:db8::7': [
      '2001:db8::7',
      '2001:DB8::7',
      '2001:0db8:0000:0000:0000:0000:0000:0007',
      '2001:db8:0:0:0::7',
      '2001:db8::0.0.0.7',
      '[2001:db8::7]',
      '[2001:db8::7]:443',
      '"[2001:DB8::7]:443"',
    ],
    'fe80::1': ['fe80::1%eth0', 'FE80::1%25eth0', '[fe80::1%1]:443'],
    '2001:db8:0:1:1:1:1:1': ['2001:db8::1:1:1:1:1'],
  }
  const cases = Object.entries(spellings).flatMap(([canonical, written]) =>
    written.map((text) => [text, canonical] as const),
  )
  test.each(cases)('that is written %s is read as %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical)
    expect(canonicalAddress(canonical)).toBe(canonical)
    expect(addressKey(text)).toBe(addressKey(canonical))
  })
})

describe('the key under which attempts of an address are counted', () => {
  const cases = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:c633:6401', '198.51.100.1'],
    ['::ffff:c633:6402', '198.51.100.2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['::1', '::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    // Translated from IPv4.
    ['64:ff9b::c633:6401', '64:ff9b::c633:6401'],
    ['::ffff:0:c633:6401', '::ffff:0:c633:6401'],
  ]
  test.each(cases)('of %s is %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key)
  })

  test('is shared by all addresses of one /64, and by no other', () => {
    const addresses = ['2001:db8:a:b::1', '2001:db8:a:b:ffff:ffff:ffff:ffff', '2001:db8:a:b:1::']
    expect(new Set(addresses.map(addressKey)).size).toBe(1)
    expect(addressKey('2001:db8:a:c::1')).not.toBe(addressKey('2001:db8:a:b::1'))
  })

  test('is one and the same for all that cannot be read', () => {
    for (const text of NO_ADDRESSES) expect(addressKey(text)).toBe(UNKNOWN_ADDRESS)
  })
})
