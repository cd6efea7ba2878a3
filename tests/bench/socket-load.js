// Holds idle sockets open and tells when they hear that their session has ended. Does what its
// parent asks over IPC, and answers each message with one.
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import process from 'node:process'
import { formRequest, openLane, sessionCookie } from './raw-client.js'

const AT_ONCE = 50
/** First bytes of frames that are whole (RFC 6455, 5.2); those of the server are short. */
const TEXT = 0x81
const PING = 0x89
/** Without a payload, and masked as everything of a client, here with zeros. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

/**
 * When each socket heard of its end, in milliseconds of this process's clock.
 *
 * @type {Map<string, number>}
 */
const toldAt = new Map()
/** @type {Map<string, () => void>} */
const waiting = new Map()

/** @type {Record<string, (task: any) => Promise<unknown>>} */
const tasks = { open, signOut, endEverybody }

process.on('message', (/** @type {{ task: string }} */ message) => void obey(message))

/** @param {{ task: string }} message */
async function obey(message) {
  process.send?.((await tasks[message.task]?.(message)) ?? null)
}

/** @param {{ port: number, path: string, secrets: string[] }} task */
async function open({ port, path, secrets }) {
  const left = [...secrets]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let secret = left.pop(); secret; secret = left.pop())
        await openSocket(port, path, secret)
    }),
  )
}

/** Signs sessions out one after the other. @param {{ port: number, secrets: string[] }} task */
async function signOut({ port, secrets }) {
  const lane = await openLane(port)
  const times = []
  for (const secret of secrets) {
    const told = new Promise((resolve) => waiting.set(secret, () => resolve(undefined)))
    const began = performance.now()
    const answer = lane.send(formRequest(port, '/logout', {}, secret))
    const status = await answer
    const answered = performance.now() - began
    if (status !== 302) throw new Error(`A sign-out was answered with ${status}`)
    await told
    times.push({ answered, told: (toldAt.get(secret) ?? NaN) - began })
  }
  lane.close()
  return times
}

/** @param {{ port: number, by: string, secrets: string[] }} task */
async function endEverybody({ port, by, secrets }) {
  const all = secrets.map((secret) => new Promise((done) => waiting.set(secret, () => done(null))))
  const lane = await openLane(port)
  const began = performance.now()
  const fields = { intent: 'sign-everyone-out', confirmed: 'yes' }
  const status = await lane.send(formRequest(port, '/admin/users', fields, by))
  const answered = performance.now() - began
  if (status !== 302 && status !== 200) throw new Error(`The ending was answered with ${status}`)
  await Promise.all(all)
  const times = secrets.map((secret) => (toldAt.get(secret) ?? NaN) - began)
  return { answered, first: Math.min(...times), last: Math.max(...times) }
}

/**
 * Opens one, by hand, since ten thousand clients of a library would need a gigabyte.
 *
 * @param {number} port
 * @param {string} path
 * @param {string} secret
 * @returns {Promise<void>}
 */
function openSocket(port, path, secret) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    let isOpen = false
    /** @type {Buffer} */
    let unread = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('close', () => {
      if (!toldAt.has(secret)) fail('A socket was closed without a word')
    })
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, isOpen ? chunk : afterHead(chunk)])
      if (!isOpen && !chunk.toString('latin1').startsWith('HTTP/1.1 101')) {
        return reject(new Error(`No socket: ${chunk.toString('latin1')}`))
      }
      isOpen = true
      resolve()
      while (unread.length >= 2 && unread.length >= 2 + (unread[1] ?? 0)) {
        const [first, length = 0] = unread
        const isEnd = first === TEXT && unread.subarray(2, 2 + length).includes('"signed-out"')
        unread = unread.subarray(2 + length)
        if (isEnd) heard(secret)
        // Whoever does not answer is taken for gone.
        if (first === PING) socket.write(PONG)
      }
    })
    socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: localhost:${port}`,
        `Origin: http://localhost:${port}`,
        `Cookie: ${sessionCookie(port, secret)}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        '',
        '',
      ].join('\r\n'),
    )
  })
}

/** @param {string} sentence @returns {never} */
function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}

/** @param {string} secret */
function heard(secret) {
  toldAt.set(secret, performance.now())
  waiting.get(secret)?.()
}

/** @param {Buffer} chunk */
const afterHead = (chunk) => chunk.subarray(chunk.indexOf('\r\n\r\n') + 4)
