import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { sessionCookie } from './session-cookie'
import { until } from './until'

/** A tab's socket written by hand, for what no library would send or leave unread. */
export type RawTab = {
  socket: Socket
  send(bytes: Uint8Array): void
  /** Everything that came after the upgrade. */
  received(): Buffer
  readonly closed: boolean
}

export async function openRawTab(
  { origin, port }: { origin: string; port: number },
  secret: string,
): Promise<RawTab> {
  const socket = connect(port, '127.0.0.1')
  let received = Buffer.alloc(0)
  let closed = false
  socket.on('data', (chunk) => (received = Buffer.concat([received, chunk])))
  socket.on('error', () => undefined)
  socket.on('close', () => (closed = true))
  socket.write(
    [
      'GET /live HTTP/1.1',
      `Host: ${new URL(origin).host}`,
      `Origin: ${origin}`,
      `Cookie: ${sessionCookie(origin, secret)}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      '',
      '',
    ].join('\r\n'),
  )
  await until(() => received.includes('\r\n\r\n') || closed)
  if (!received.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error('Not upgraded')
  const head = received.indexOf('\r\n\r\n') + 4
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    received: () => received.subarray(head),
    get closed() {
      return closed
    },
  }
}

export const TEXT = 1
export const CONTINUATION = 0

/** A client's frame. Payloads here are shorter than 126 bytes. */
export function frame({
  opcode,
  final = true,
  masked = true,
  reserved = 0,
  payload = Buffer.alloc(0),
}: {
  opcode: number
  final?: boolean
  masked?: boolean
  /** The three reserved bits. */
  reserved?: number
  payload?: Uint8Array
}): Buffer {
  const first = (final ? 0x80 : 0) | (reserved << 4) | opcode
  const second = (masked ? 0x80 : 0) | payload.length
  const mask = masked ? randomBytes(4) : Buffer.alloc(0)
  const body = Buffer.from(payload)
  if (masked) body.forEach((byte, index) => (body[index] = byte ^ mask[index % 4]!))
  return Buffer.concat([Buffer.from([first, second]), mask, body])
}

/** The code of the close frame that ends what a server sent; undefined without one. */
export function closeCodeIn(received: Buffer): number | undefined {
  for (let at = 0; at + 2 <= received.length;) {
    const opcode = received[at]! & 0x0f
    const short = received[at + 1]! & 0x7f
    const length = short === 126 ? received.readUInt16BE(at + 2) : short
    const start = at + (short === 126 ? 4 : 2)
    if (opcode === 8) return length >= 2 ? received.readUInt16BE(start) : 1005
    at = start + length
  }
  return undefined
}
