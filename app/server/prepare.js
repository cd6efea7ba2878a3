// What `npm start` and the other scripts run. Plain JavaScript without packages, since it is here
// before they are.
import process from 'node:process'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Latchkey needs Node 20.19 or newer; this is ${process.version}.`)
  process.exit(1)
}

const { runCommand } = await import('./prepare/commands.js')
await runCommand(process.argv.slice(2))
