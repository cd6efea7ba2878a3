import { connect } from 'node:net'
import { formTokenOf } from './form-token'
import { sessionCookie } from './session-cookie'
import { until } from './until'

/** Somebody who asks for their data, reads the beginning and then nothing until told to. */
export type SlowReader = {
  /** Goes on reading, and resolves when the connection is over: to what came, byte by byte. */
  readOn(): Promise<{ text: string; isWhole: boolean }>
}

export async function startDownload(
  { port, origin }: { port: number; origin: string },
  secret: string,
  headers: Record<string, string> = {},
): Promise<SlowReader> {
  const formToken = await formTokenOf(origin, secret)
  const body = new URLSearchParams({ formToken }).toString()
  const socket = connect({ port, host: '127.0.0.1' })
  const chunks: Buffer[] = []
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.once('data', () => socket.pause())
  socket.write(
    [
      'POST /profile/data HTTP/1.1',
      `Host: ${new URL(origin).host}`,
      `Origin: ${origin}`,
      `Cookie: ${sessionCookie(origin, secret)}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      'Connection: close',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
  )
  await until(() => chunks.length > 0)
  const start = Buffer.concat(chunks).toString('latin1')
  if (!start.startsWith('HTTP/1.1 200')) throw new Error(`No download: ${start.slice(0, 40)}`)

  return {
    async readOn() {
      socket.resume()
      await closed
      const answer = Buffer.concat(chunks).toString('latin1')
      const [, sent = ''] = answer.split(/\r\n\r\n(.*)/s)
      return { text: withoutChunks(sent), isWhole: sent.endsWith('\r\n0\r\n\r\n') }
    },
  }
}

/** The text of a body that was sent in chunks, as far as it came. */
function withoutChunks(sent: string): string {
  const parts: string[] = []
  for (let at = 0; at < sent.length;) {
    const lineEnd = sent.indexOf('\r\n', at)
    if (lineEnd < 0) break
    const length = parseInt(sent.slice(at, lineEnd), 16)
    parts.push(sent.slice(lineEnd + 2, lineEnd + 2 + length))
    at = lineEnd + 2 + length + 2
  }
  return parts.join('')
}
