// Asks for one page again and again over a few connections, reading it whole, for some seconds, and
// prints the figures as JSON. A page takes so long to make that a plain client is quick enough.
import { Agent, get } from 'node:http'
import process from 'node:process'
import { readTask } from './processes.js'

/** @type {{ url: string, headers: Record<string, string>, seconds: number, connections: number }} */
const { url, headers, seconds, connections } = await readTask()
const agent = new Agent({ keepAlive: true, maxSockets: connections })

let answers = 0
const began = performance.now()
const until = began + seconds * 1000
const cpuBefore = process.cpuUsage()
await Promise.all(Array.from({ length: connections }, askUntilOver))
const taken = (performance.now() - began) / 1000
const { user, system } = process.cpuUsage(cpuBefore)
console.log(JSON.stringify({ answers, seconds: taken, busy: (user + system) / 1e6 / taken }))
process.exit()

async function askUntilOver() {
  while (performance.now() < until) {
    await ask()
    answers += 1
  }
}

/** @returns {Promise<void>} */
function ask() {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`Answered ${response.statusCode}`))
      response.resume().once('end', resolve).once('error', reject)
    }).once('error', reject)
  })
}
