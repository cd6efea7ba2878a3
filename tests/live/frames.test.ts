import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCaller, type Caller } from '../support/caller'
import { closeCodeIn, CONTINUATION, frame, openRawTab, TEXT } from '../support/raw-tab'
import { startOpenServer, type TestServer } from '../support/server'
import { openTab } from '../support/tab'
import { until } from '../support/until'

let server: TestServer
let caller: Caller
let secret: string
beforeAll(async () => {
  server = await startOpenServer()
  caller = createCaller(server.origin)
  secret = await caller.signUp('ada@example.com')
})
afterAll(() => server.dispose())

describe('a tab has its socket closed when it sends', () => {
  test('a message of any kind (1008)', async () => {
    for (const message of ['hello', '{"type":"signed-out"}', Buffer.from([0, 1])]) {
      const tab = await openTab(server, secret)
      tab.socket.send(message)
      await until(() => tab.closed)
      expect(tab.closed?.code).toBe(1008)
    }
  })

  test('a flood of messages (1008)', async () => {
    const tab = await openTab(server, secret)
    for (let count = 0; count < 10_000; count += 1) tab.socket.send('x')
    await until(() => tab.closed)
    expect([1006, 1008]).toContain(tab.closed?.code)
  })

  test('a frame over the limit (1009)', async () => {
    const tab = await openTab(server, secret)
    tab.socket.send('x'.repeat(1_025))
    await until(() => tab.closed)
    expect(tab.closed?.code).toBe(1009)
  })

  const broken = {
    'text that is not UTF-8 (1007)': [frame({ opcode: TEXT, payload: Buffer.from([0xc3, 0x28]) })],
    'a frame without a mask (1002)': [
      frame({ opcode: TEXT, masked: false, payload: Buffer.from('x') }),
    ],
    'a reserved bit (1002)': [frame({ opcode: TEXT, reserved: 4 })],
    'an opcode that does not exist (1002)': [frame({ opcode: 3 })],
    'a ping in pieces (1002)': [frame({ opcode: 9, final: false })],
    'a continuation of nothing (1002)': [frame({ opcode: CONTINUATION })],
  }
  test.each(Object.entries(broken))('%s', async (name, frames) => {
    const tab = await openRawTab(server, secret)
    tab.send(Buffer.concat(frames))
    await until(() => closeCodeIn(tab.received()) !== undefined)
    expect(closeCodeIn(tab.received())).toBe(Number(name.slice(-5, -1)))
    tab.socket.destroy()
  })
})

describe('a million empty fragments', () => {
  test('are cut off at once and take no memory', async () => {
    const before = memoryOf(server)
    const tab = await openRawTab(server, secret)
    tab.send(frame({ opcode: TEXT, final: false }))
    const thousand = Buffer.concat(
      Array.from({ length: 1_000 }, () => frame({ opcode: CONTINUATION, final: false })),
    )
    for (let count = 0; count < 1_000 && !tab.closed; count += 1) {
      if (!tab.socket.write(thousand)) await drained(tab.socket)
    }
    await until(() => tab.closed || closeCodeIn(tab.received()) !== undefined)
    expect([1008, 1009]).toContain(closeCodeIn(tab.received()) ?? 1008)
    expect(memoryOf(server) - before).toBeLessThan(50 * MEBIBYTE)
    expect(await caller.check(secret)).toBe(200)
    tab.socket.destroy()
  })
})

const MEBIBYTE = 1024 * 1024

const drained = (socket: Socket) =>
  new Promise<void>((resolve) => {
    socket.once('drain', resolve)
    socket.once('close', () => resolve())
  })

/** Resident memory in bytes. */
function memoryOf({ process: { pid } }: TestServer): number {
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}
