import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createClientAddress, type TrustProxy } from './client-address'

const addressOf = (trust: TrustProxy, remoteAddress: string | undefined, forwarded?: string) =>
  createClientAddress(trust)({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
    connection: { remoteAddress },
  } as unknown as IncomingMessage)

describe('what visitors write about their own address is ignored', () => {
  test('when no proxy is trusted', () => {
    expect(addressOf(null, '203.0.113.9', '1.2.3.4')).toBe('203.0.113.9')
  })

  test('beyond the hops that are trusted', () => {
    expect(addressOf(1, '10.0.0.1', '1.2.3.4, 203.0.113.9')).toBe('203.0.113.9')
    expect(addressOf(2, '10.0.0.1', '1.2.3.4, 203.0.113.9, 10.0.0.2')).toBe('203.0.113.9')
  })

  test('from outside the networks that are trusted', () => {
    expect(addressOf(['10.0.0.0/8'], '203.0.113.9', '1.2.3.4')).toBe('203.0.113.9')
    expect(addressOf(['10.0.0.0/8'], '10.0.0.1', '1.2.3.4, 203.0.113.9')).toBe('203.0.113.9')
  })
})

describe('a client whose address cannot be read is unknown, and never the proxy', () => {
  test.each(['', ' ', ',', ' , ,', '""'])('when the proxy says "%s"', (forwarded) => {
    expect(addressOf(1, '10.0.0.1', forwarded)).toBe('unknown')
    expect(addressOf(['10.0.0.0/8'], '10.0.0.1', forwarded)).toBe('unknown')
    expect(addressOf(['10.0.0.0/8'], '203.0.113.9', forwarded)).toBe('203.0.113.9')
  })

  const unreadable = ['<script>', 'localhost', '300.1.1.1', 'unknown', '_hidden', 'for=192.0.2.1']
  test.each(unreadable)('when it is "%s"', (forwarded) => {
    expect(addressOf(1, '10.0.0.1', forwarded)).toBe('unknown')
    expect(addressOf(1, '10.0.0.1', `198.51.100.1, ${forwarded}`)).toBe('unknown')
    expect(addressOf(['10.0.0.0/8'], '10.0.0.1', forwarded)).toBe('unknown')
  })

  test('nor is it the client that an unreadable hop speaks of, when networks are trusted', () => {
    expect(addressOf(['10.0.0.0/8'], '10.0.0.1', '198.51.100.1, _hidden')).toBe('unknown')
    expect(addressOf(['10.0.0.0/8'], '10.0.0.1', '198.51.100.1, unknown, 10.1.1.1')).toBe('unknown')
  })

  test('but a hop that is trusted by its place may be called anything', () => {
    expect(addressOf(2, '10.0.0.1', '198.51.100.1, _proxy')).toBe('198.51.100.1')
  })

  test('once its connection is gone', () => {
    expect(addressOf(null, undefined)).toBe('unknown')
    expect(addressOf(1, undefined)).toBe('unknown')
    expect(addressOf(['10.0.0.0/8'], undefined, '198.51.100.1')).toBe('unknown')
  })
})

describe('the address of a client', () => {
  test('is what the trusted proxy says', () => {
    expect(addressOf(1, '10.0.0.1', '203.0.113.9')).toBe('203.0.113.9')
    expect(addressOf(['loopback', '10.0.0.0/8'], '127.0.0.1', '203.0.113.9, 10.1.1.1')).toBe(
      '203.0.113.9',
    )
  })

  test('is the connection’s when the proxy says nothing', () => {
    expect(addressOf(1, '203.0.113.9')).toBe('203.0.113.9')
  })

  test('is written as IPv4 when it is one', () => {
    expect(addressOf(null, '::ffff:203.0.113.9')).toBe('203.0.113.9')
    expect(addressOf(null, '2001:db8::1')).toBe('2001:db8::1')
  })

  const spellings = [
    ['198.51.100.1:40100', '198.51.100.1'],
    ['"198.51.100.1"', '198.51.100.1'],
    ['::ffff:c633:6401', '198.51.100.1'],
    ['[2001:DB8::7]:443', '2001:db8::7'],
    ['"[2001:db8:0:0:0:0:0:7]:443"', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
  ] as const
  test.each(spellings)('is read from what proxies write: %s', (forwarded, address) => {
    expect(addressOf(1, '10.0.0.1', forwarded)).toBe(address)
    expect(addressOf(['10.0.0.0/8'], '10.0.0.1', `${forwarded}, 10.1.1.1:443`)).toBe(address)
  })

  test('is read between empty entries, as RFC 9110 has lists', () => {
    expect(addressOf(1, '10.0.0.1', '198.51.100.1,')).toBe('198.51.100.1')
    expect(addressOf(1, '10.0.0.1', ', ,198.51.100.1 , ')).toBe('198.51.100.1')
  })

  test('is looked for behind no more proxies than there can be', () => {
    const proxies = Array.from({ length: 1_000 }, (_, hop) => `10.0.${hop >> 8}.${hop & 255}`)
    expect(addressOf(['10.0.0.0/8'], '10.0.0.1', proxies.toReversed().join())).toBe('10.0.0.19')
  })
})

test('a network that is none is refused at the start', () => {
  expect(() => createClientAddress(['10.0.0.0/99'])).toThrow(TypeError)
  expect(() => createClientAddress(['proxy.example.com'])).toThrow(TypeError)
})
