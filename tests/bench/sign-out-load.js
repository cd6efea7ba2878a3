// Signs sessions out while their cookies are in use, and uses them again afterwards. Prints how
// often a cookie was served by a check that began after the answer to its sign-out.
import process from 'node:process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { readTask } from './processes.js'
import { checkRequest, formRequest, openLane } from './raw-client.js'

/**
 * One ending: who asks for it by which form, and a cookie that it ends for each connection.
 *
 * @typedef {{ by: string, path: string, fields: Record<string, string>, cookies: string[] }} Ending
 */

/** @type {{ port: number, endings: Ending[], hot: boolean, triesEach: number }} */
const { port, endings, hot, triesEach } = await readTask()

const asking = await openLane(port)
const lanes = await Promise.all((endings[0]?.cookies ?? []).map(() => openLane(port)))
/** How long an ending takes, in milliseconds: the first check of a cold cookie begins within that. */
let usualTime = 20
const result = { endings: 0, tries: 0, served: 0, endingsServed: 0, servedBefore: 0 }
for (const ending of endings) await endAndTryAgain(ending)
console.log(JSON.stringify(result))
process.exit()

/** @param {Ending} ending */
async function endAndTryAgain({ by, path, fields, cookies }) {
  const checks = cookies.map((cookie) => checkRequest(port, cookie))
  const isServed = async (/** @type {number} */ at) =>
    (await lanes[at]?.send(checks[at] ?? Buffer.alloc(0))) === 200
  if (hot) await Promise.all(lanes.map((_, at) => isServed(at)))
  let answered = false
  const racing = lanes.map(async (_, at) => {
    // Its first check is to be reading the row when the ending commits.
    if (!hot) await pause(Math.random() * usualTime)
    while (!answered) if (await isServed(at)) result.servedBefore += 1
  })
  const began = performance.now()
  const status = await asking.send(formRequest(port, path, fields, by))
  answered = true
  usualTime = 0.9 * usualTime + 0.1 * (performance.now() - began)
  if (status !== 302 && status !== 200) throw new Error(`An ending was answered with ${status}`)
  await Promise.all(racing)

  let served = 0
  await Promise.all(
    lanes.map(async (_, at) => {
      for (let left = triesEach / lanes.length; left > 0; left -= 1) {
        if (await isServed(at)) served += 1
      }
    }),
  )
  result.endings += 1
  result.tries += triesEach
  result.served += served
  if (served > 0) result.endingsServed += 1
}

/** Timers are too coarse. @param {number} milliseconds */
async function pause(milliseconds) {
  const until = performance.now() + milliseconds
  while (performance.now() < until) await nextTurn()
}
