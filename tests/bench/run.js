// Measures, and writes what it measured to RESULTS.md. Started by `npm run bench`, which builds
// first. `npm run bench -- lists` takes only that part anew and leaves the others as they were;
// `-- --quick` tries out that everything works: too briefly for figures, so that it only prints them.
import process from 'node:process'
import { measureApplications } from './applications.js'
import { measureCheck } from './check.js'
import { measureLists } from './lists.js'
import { moveToLastCore } from './machine.js'
import { measureNodes } from './nodes.js'
import { measureProfile } from './profile.js'
import { writeSection } from './results.js'
import { measureSessions } from './sessions.js'
import { measureSignIns } from './sign-ins.js'
import { measureSignOut } from './sign-out.js'
import { measureSockets } from './sockets.js'
import { measureStart } from './start.js'

/** @type {Record<string, (options: { quick: boolean }) => Promise<string>>} */
const parts = {
  check: measureCheck,
  'sign-ins': measureSignIns,
  'sign-out': measureSignOut,
  sockets: measureSockets,
  start: measureStart,
  nodes: measureNodes,
  applications: measureApplications,
  sessions: measureSessions,
  profile: measureProfile,
  lists: measureLists,
}

const asked = process.argv.slice(2).filter((name) => name !== '--quick')
const quick = process.argv.includes('--quick')
const unknown = asked.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${Object.keys(parts).join(', ')}.`)
  process.exit(1)
}

moveToLastCore()
for (const [name, measure] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.error(`Measuring: ${name}…`)
  const text = await measure({ quick })
  console.log(`${text}\n`)
  if (!quick) writeSection(name, text)
}
