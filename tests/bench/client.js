import { once } from 'node:events'
import { connect } from 'node:net'

const MOST = 100

/** @typedef {{ url: string, headers?: Record<string, string> }} Question */

/**
 * A client that sends requests made beforehand, and reads no more of an answer than its status and
 * where it ends. A client for HTTP at large is busier with an answer than the servers are that are
 * measured here. A request has a connection to itself; beyond {@link MOST} it waits for one.
 *
 * @param {number} port
 */
export function createClient(port) {
  /** @type {Connection[]} */
  const idle = []
  /** @type {((connection: Connection) => void)[]} */
  const waiting = []
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()

  async function open() {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    sockets.add(socket)
    await once(socket, 'connect')
    const connection = onSocket(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      if (idle.includes(connection)) idle.splice(idle.indexOf(connection), 1)
    })
    return connection
  }

  /** @returns {Connection | Promise<Connection>} */
  function take() {
    const connection = idle.pop()
    if (connection) return connection
    return sockets.size < MOST ? open() : new Promise((resolve) => waiting.push(resolve))
  }

  /** @param {Connection} connection */
  function giveBack(connection) {
    const next = waiting.shift()
    if (next) next(connection)
    else idle.push(connection)
  }

  return {
    /** @param {Buffer} request @returns {Promise<number>} the answer's status */
    async ask(request) {
      const connection = await take()
      const status = await connection.ask(request)
      giveBack(connection)
      return status
    },
    close() {
      // Whoever still waits has failed already, or would have their answer.
      for (const socket of sockets) socket.removeAllListeners('close').destroy()
    },
  }
}

/** @typedef {{ ask: (request: Buffer) => Promise<number> }} Connection */

/** @param {import('node:net').Socket} socket @returns {Connection} */
function onSocket(socket) {
  /** @type {{ resolve: (status: number) => void, reject: (error: Error) => void } | undefined} */
  let waiting
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    received += String(chunk)
    if (!isWhole(received)) return
    const status = Number(received.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
    received = ''
    waiting?.resolve(status)
  })
  socket.on('error', (error) => waiting?.reject(error))
  socket.on('close', () => waiting?.reject(new Error('The connection was closed')))
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request)
      }),
  }
}

/** @param {string} text an answer as far as it came */
function isWhole(text) {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const head = text.slice(0, end)
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? []
  if (length !== undefined) return text.length >= end + 4 + Number(length)
  return /\r\ntransfer-encoding: chunked/i.test(head) ? text.endsWith('\r\n0\r\n\r\n') : true
}

/**
 * @param {Question & { method?: string, form?: Record<string, string> }} question `form`: its fields
 */
export function rawRequest({ url, headers = {}, form, method = form ? 'POST' : 'GET' }) {
  const { host, origin, pathname, search } = new URL(url)
  const body = form && new URLSearchParams(form).toString()
  const all = {
    Host: host,
    ...headers,
    ...(body !== undefined && {
      Origin: origin,
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': body.length,
    }),
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from([`${method} ${pathname}${search} HTTP/1.1`, ...head, '', body].join('\r\n'))
}
