// What `npm start` and the other scripts run. Plain JavaScript without packages, since it is here
// before they are.
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Latchkey needs Node 20.19 or newer, and this is Node ${process.versions.node}.`)
  process.exit(1)
}

// Every path below is relative to the project's folder, wherever this was started from.
process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
const { runCommand } = await import('./prepare/commands.js')
await runCommand(process.argv.slice(2))
