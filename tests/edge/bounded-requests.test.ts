import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMeasuredServer, type MeasuredServer } from '../support/measured-server'
import { request, type Sent } from '../support/request'

/** Almost all that a request's head may hold. */
const LONG = 15_000
const long = (piece: string, length = LONG) => piece.repeat(length / piece.length)
const numbered = (piece: (n: number) => string) =>
  Array.from({ length: 1_200 }, (_, n) => piece(n)).join('')
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** Whatever makes somebody's parser or matcher work for each piece, or for each pair of pieces. */
const shapes: Record<string, [path: string, sent?: Sent]> = {
  'segments without end': [`/${long('a/')}`],
  'segments without end, for a HEAD': [`/${long('a/')}`, { method: 'HEAD' }],
  'segments without end, for a form': [`/${long('a/')}`, { method: 'POST', headers: FORM }],
  'segments without end, for an API': [`/api/${long('a/')}`, { method: 'DELETE' }],
  'segments without end, for data': [`/${long('a/')}a.data`],
  'segments without end, below a file': [`/assets/${long('a/')}`],
  'segments that look like data': [`/${long('a.data/')}`],
  'parameters of segments': [`/${long('a;b/')}`],
  slashes: [long('/')],
  'slashes before a name': [`${long('/')}a`],
  'slashes after a page': [`/login${long('/')}`],
  'slashes, for data': [`${long('/')}.data`],
  'encoded slashes': [`/${long('a%2F')}`],
  dots: [`/${long('../')}`],
  'encoded dots': [`/${long('%2e%2e/')}`],
  'one long segment': [`/${long('a')}`],
  'one long segment where a name is expected': [`/admin/users/${long('a')}`],
  'one long encoded segment': [`/${long('%E2%82%AC')}`],
  'a manifest of deep paths': [`/__manifest?p=/${long('a/', 7_000)}`],
  'a manifest of many paths': [`/__manifest?${numbered((n) => `p=/${n}&`)}`],
  'thousands of parameters': [`/login?${long('a&')}`],
  'one parameter a thousand times': [`/login?${long('redirectTo=/a&')}`],
  'a parameter full of slashes': [`/login?redirectTo=${long('/')}`],
  'a parameter full of dots': [`/login?redirectTo=/${long('../')}`],
  'an encoded parameter': [`/login?redirectTo=/${long('%41')}`],
  'the data of many routes': [`/login.data?_routes=${long('a,')}`],
  'the data of one route many times': [`/login.data?_routes=${long('root,')}`],
  'the older protocol': [`/login?${long('_data=a&')}`],
  'thousands of cookies': ['/profile', { headers: { Cookie: long('latchkey=a;') } }],
  'separators of cookies': ['/profile', { headers: { Cookie: long(';') } }],
  'spaces in a cookie': ['/profile', { headers: { Cookie: `latchkey=${long(' ')}a` } }],
  'hundreds of headers': [
    '/login',
    { headers: Object.fromEntries(Array.from({ length: 800 }, (_, n) => [`x-${n}`, 'a'])) },
  ],
  'one header a thousand times': ['/login', { headers: { 'X-A': Array<string>(800).fill('a') } }],
  'a list of encodings': ['/login', { headers: { 'Accept-Encoding': long('gzip;q=0,') } }],
  'a list of tags': ['/favicon.svg', { headers: { 'If-None-Match': long('"a",') } }],
  'a list of proxies': ['/login', { headers: { 'X-Forwarded-For': long('1.1.1.1,') } }],
  'a list of ranges': ['/favicon.svg', { headers: { Range: `bytes=${long('0-0,')}` } }],
  'a browser with a long name': ['/login', { headers: { 'User-Agent': long('(bot; ') } }],
  'spaces in a token': [
    '/api/v1/session',
    { headers: { Authorization: `Bearer ${long(' ')}a b` } },
  ],
  'another host with a long name': ['/login', { headers: { Host: long('a.') } }],
}

const ROUNDS = 10
/** Of an ordinary page. What goes wrong here costs a hundred to a thousand of them. */
const MOST = 10

describe('a request costs no more than a few ordinary pages', () => {
  let server: MeasuredServer
  let ordinary: number
  beforeAll(async () => {
    server = await startMeasuredServer()
    // The first requests also pay for what is compiled.
    await repeatedly('/login')
    ordinary = await server.costOf(() => repeatedly('/login'))
  })
  afterAll(() => server.dispose())

  test.each(Object.entries(shapes))(
    'when it is made of %s',
    async (_, [path, { headers, ...sent } = {}]) => {
      const Origin = server.origin
      const cost = await server.costOf(() =>
        repeatedly(path, { ...sent, headers: { Origin, ...headers } }),
      )
      expect(cost / ordinary).toBeLessThan(MOST)
    },
  )

  async function repeatedly(path: string, sent?: Sent) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { status } = await request(server, path, sent)
      expect(status).toBeLessThan(500)
      expect(status).not.toBe(431)
    }
  }
})
