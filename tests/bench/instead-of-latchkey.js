// What a proxy can ask in Latchkey's place: the least that a server can be, which says 200 to everything,
// or, with a SECRET, the least that knows who it is (cookie, SHA-256 and Map) and tells the
// application. Neither forgets, expires or refuses what is badly described.
import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import process from 'node:process'

const { PORT, COOKIE = '', SECRET = '' } = process.env

const NOTHING = { 'Content-Length': '0' }
const visitors = new Map([
  [
    hash('sha256', SECRET, 'base64'),
    {
      ...NOTHING,
      'Cache-Control': 'no-store',
      'Remote-User': 'person-0',
      'Remote-Name': 'Ada Lovelace',
      'Remote-Email': '',
      'Remote-Groups': '',
    },
  ],
])

/** @type {import('node:http').RequestListener} */
const sayYes = (_, response) => {
  response.writeHead(200, NOTHING).end()
}

/** @type {import('node:http').RequestListener} */
const sayWho = ({ headers }, response) => {
  const visitor = visitors.get(hash('sha256', readCookie(headers.cookie), 'base64'))
  response.writeHead(visitor ? 200 : 401, visitor ?? NOTHING).end()
}

createServer(SECRET ? sayWho : sayYes).listen(Number(PORT), '127.0.0.1', () => console.log('ready'))

function readCookie(header = '') {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (pair.slice(0, equals).trim() === COOKIE) return pair.slice(equals + 1).trim()
  }
  return ''
}
