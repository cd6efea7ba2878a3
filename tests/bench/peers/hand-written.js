// The least that a session check can be: cookie, SHA-256, Map and JSON, on node:http. It forgets
// nothing, expires nothing and sends no header that it need not.
import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import process from 'node:process'

const { PORT, SECRET } = process.env

const sessions = new Map([
  [
    hash('sha256', SECRET, 'base64'),
    {
      user: { id: 'u1', name: 'Ada Lovelace', email: 'ada@example.com', role: 'user' },
      session: { id: 's1', createdAt: new Date(), endsAt: new Date(Date.now() + 86_400_000) },
    },
  ],
])

createServer((request, response) => {
  const secret = readCookie(request.headers.cookie, 'session')
  const viewer = secret && sessions.get(hash('sha256', secret, 'base64'))
  const body = JSON.stringify(viewer ?? { error: 'unauthorized' })
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
  response.writeHead(viewer ? 200 : 401, headers).end(body)
}).listen(Number(PORT), '127.0.0.1', () => console.log('ready'))

function readCookie(header = '', name) {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}
