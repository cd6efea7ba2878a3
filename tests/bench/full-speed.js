// Asks one URL as fast as it answers, for some seconds, and prints the figures as JSON.
//
// Written by hand: one core of a load generator for HTTP at large (autocannon was tried) is busier
// with an answer than the servers here are, so that it would be the generator that is measured. This
// one knows how long the answer is, since it is always the same, and only counts bytes.
import { connect } from 'node:net'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { readTask } from './processes.js'

/** @type {{ url: string, headers: Record<string, string>, seconds: number, connections: number }} */
const task = await readTask()
const { hostname, port, pathname, search, host } = new URL(task.url)
const head = Object.entries({ Host: host, ...task.headers }).map((pair) => pair.join(': '))
const request = Buffer.from([`GET ${pathname}${search} HTTP/1.1`, ...head, '', ''].join('\r\n'))
const READ_BYTES = 64 * 1024

const first = await firstAnswer()
const expected = first.subarray(0, 'HTTP/1.1 200'.length)
let answers = 0
let over = false

const lanes = Array.from({ length: task.connections }, openLane)
await Promise.all(lanes.map(({ connected }) => connected))
const began = performance.now()
const cpuBefore = process.cpuUsage()
for (const { send } of lanes) send()
await sleep(task.seconds * 1000)
const seconds = (performance.now() - began) / 1000
const { user, system } = process.cpuUsage(cpuBefore)
over = true
console.log(JSON.stringify({ answers, seconds, busy: (user + system) / 1e6 / seconds }))
process.exit()

/** A connection with one request at a time. */
function openLane() {
  const buffer = Buffer.alloc(READ_BYTES)
  let missing = first.length
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: { buffer, callback: heed },
  })
  socket.on('close', () => over || fail('A connection was closed'))

  /** @param {number} length */
  function heed(length) {
    const begins = missing === first.length
    missing -= length
    if (missing < 0 || (begins && !buffer.subarray(0, expected.length).equals(expected))) {
      fail(`Another answer than the first: ${buffer.toString('latin1', 0, length)}`)
    }
    if (missing > 0) return true
    missing = first.length
    answers += 1
    if (!over) socket.write(request)
    return true
  }

  return {
    connected: new Promise((resolve) => socket.once('connect', resolve)),
    send: () => void socket.write(request),
  }
}

/** Waits for the answer to stop growing; every server here sends it at once. */
async function firstAnswer() {
  const socket = connect({ host: hostname, port: Number(port) })
  let answer = Buffer.alloc(0)
  socket.on('data', (chunk) => (answer = Buffer.concat([answer, chunk])))
  socket.write(request)
  await sleep(500)
  socket.destroy()
  if (!/^HTTP\/1\.1 20[04] /.test(answer.toString('latin1'))) fail(answer.toString('latin1'))
  return answer
}

/** @param {string} sentence @returns {never} */
function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
