import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createClientAddress, type TrustProxy } from './client-address'

const addressOf = (trust: TrustProxy, remoteAddress: string | undefined, forwarded?: string) =>
  createClientAddress(trust)({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
    connection: { remoteAddress },
  } as unknown as IncomingMessage)

describe('what a visitor writes about the own address is ignored', () => {
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

  test.each(['<script>', 'localhost', '1.2.3.4:80', '300.1.1.1', '', 'unknown'])(
    'when it is no address: "%s"',
    (forwarded) => {
      expect(addressOf(1, '10.0.0.1', forwarded)).toBe('10.0.0.1')
    },
  )
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

  test('is not known once the connection is gone', () => {
    expect(addressOf(null, undefined)).toBe('unknown')
  })
})

test('a network that is none is refused at the start', () => {
  expect(() => createClientAddress(['10.0.0.0/99'])).toThrow(TypeError)
  expect(() => createClientAddress(['proxy.example.com'])).toThrow(TypeError)
})
