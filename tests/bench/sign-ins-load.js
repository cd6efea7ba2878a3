// Checks a session at a fixed rate, and signs people in at another. Prints how long the checks took,
// each counted from the moment at which it was due: one that had to wait behind others counts its
// wait, or a server that stops for a second would look as if it had answered one check late.
import process from 'node:process'
import { sendInTime } from './pace.js'
import { readTask } from './processes.js'
import { checkRequest, formRequest, openLane } from './raw-client.js'
import { quantile } from './statistics.js'

const LANES = 100
const SIGN_IN_LANES = 30

/**
 * @type {{ port: number, secret: string, uncountedSeconds: number, seconds: number,
 *   checksPerSecond: number, signInsPerSecond: number,
 *   people: { email: string, password: string }[] }}
 */
const task = await readTask()
const check = checkRequest(task.port, task.secret)
const signIns = task.people.map((person) => formRequest(task.port, '/login', person))

/** From the moment at which each check was due. @type {number[]} */
const times = []
/** From the moment at which it was sent, which this process is sometimes late for. @type {number[]} */
const timesFromSending = []
const done = { signIns: 0 }
const checkLanes = await Promise.all(Array.from({ length: LANES }, () => openLane(task.port)))
const signInLanes = await Promise.all(
  Array.from({ length: SIGN_IN_LANES }, () => openLane(task.port)),
)

const began = performance.now()
const countedFrom = began + task.uncountedSeconds * 1000
await sendInTime(
  [
    { perSecond: task.checksPerSecond, lanes: checkLanes, send: sendCheck, timed: true },
    { perSecond: task.signInsPerSecond, lanes: signInLanes, send: sendSignIn, timed: false },
  ],
  { began, seconds: task.uncountedSeconds + task.seconds },
)
console.log(
  JSON.stringify({
    ...done,
    checks: times.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    longest: quantile(times, 1),
    p99FromSending: quantile(timesFromSending, 0.99),
  }),
)
process.exit()

/** @param {import('./raw-client.js').Lane} lane @param {number} due */
async function sendCheck(lane, due) {
  const sent = performance.now()
  const status = await lane.send(check)
  const answered = performance.now()
  if (status !== 200) throw new Error(`A check was answered with ${status}`)
  if (due < countedFrom) return
  times.push(answered - due)
  timesFromSending.push(answered - sent)
}

/** @param {import('./raw-client.js').Lane} lane @param {number} due @param {number} number */
async function sendSignIn(lane, due, number) {
  const status = await lane.send(signIns[number % signIns.length] ?? Buffer.alloc(0))
  if (status !== 302) throw new Error(`A sign-in was answered with ${status}`)
  if (due >= countedFrom) done.signIns += 1
}
