import { connect } from 'node:net'
import { createHmac, randomBytes } from 'node:crypto'

/**
 * A connection that sends requests made beforehand and reads no more of an answer than its status
 * and length: what is measured is the server, and a client for HTTP at large takes longer than it.
 *
 * @typedef {object} Lane
 * @property {(request: Buffer) => Promise<number>} send resolves to the answer's status
 * @property {() => void} close
 */

/** @param {number} port @returns {Promise<Lane>} */
export async function openLane(port) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  /** @type {{ resolve: (status: number) => void, reject: (error: Error) => void } | undefined} */
  let waiting
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    received += chunk
    if (!isWhole(received)) return
    const status = Number(received.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
    received = ''
    waiting?.resolve(status)
  })
  socket.on('error', () => undefined)
  socket.on('close', () => waiting?.reject(new Error('The connection was closed')))
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request)
      }),
    close: () => socket.destroy(),
  }
}

/** @param {string} text an answer as far as it came */
function isWhole(text) {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const head = text.slice(0, end).toLowerCase()
  const [, length] = /\r\ncontent-length: (\d+)/.exec(head) ?? []
  if (length !== undefined) return text.length >= end + 4 + Number(length)
  return head.includes('\r\ntransfer-encoding: chunked') ? text.endsWith('\r\n0\r\n\r\n') : true
}

/**
 * What a browser with this session sends in its Cookie header, as `app/web/own-cookie.ts` names it.
 *
 * @param {number | string} port
 * @param {string | undefined} secret
 */
export const sessionCookie = (port, secret) => `latchkey-${port}=${secret}`

/** @param {number} port @param {string} secret a session's @returns the session check */
export const checkRequest = (port, secret) =>
  Buffer.from(
    `GET /api/v1/session HTTP/1.1\r\nHost: localhost:${port}\r\nCookie: ${sessionCookie(port, secret)}\r\n\r\n`,
  )

/**
 * A form as a page of ours sends it.
 *
 * @param {number} port
 * @param {string} path
 * @param {Record<string, string>} fields
 * @param {string} [secret] of the session whose form it is
 */
export function formRequest(port, path, fields, secret) {
  const signed = secret === undefined ? fields : { ...fields, formToken: formToken(secret) }
  const body = new URLSearchParams(signed).toString()
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: localhost:${port}`,
    `Origin: http://localhost:${port}`,
    ...(secret === undefined ? [] : [`Cookie: ${sessionCookie(port, secret)}`]),
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
  ]
  return Buffer.from([...head, '', body].join('\r\n'))
}

/** As app/web/form-token.ts makes it. @param {string} secret */
function formToken(secret) {
  const salt = randomBytes(16).toString('base64url')
  const text = `latchkey form token v1 ${salt}`
  return `${salt}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}
