// Stands in for npm, Prisma, Remix and Vite in the tests of app/server/prepare: writes its name to
// calls.log and leaves what the real tool would leave. Which tool it is, its path tells. A file
// named remix-fails or npm-hangs in the project's folder makes it fail or hang.
import { appendFileSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

const TOOLS = {
  'node_modules/prisma/build/index.js': prisma,
  'node_modules/@remix-run/dev/dist/cli.js': remix,
  'node_modules/vite/bin/vite.js': vite,
}
const SERVER = `
import { appendFileSync, existsSync } from 'node:fs'
export async function startServer() {
  console.log('started in', process.env.NODE_ENV)
  if (!existsSync('server-stays')) return undefined
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => appendFileSync('calls.log', 'server got ' + signal + '\\n'))
    process.on(signal, () => process.exit(0))
  }
  appendFileSync('calls.log', 'server started\\n')
  // At the longest until the test takes its project away, so that none outlives it.
  setInterval(() => existsSync('server-stays') || process.exit(1), 50)
  return {}
}`
const COMMAND_LINE = `
export async function runCli(args) {
  console.log('ran', ...args)
  return 3
}`

const self = path.relative(process.cwd(), process.argv[1] ?? '')
const tool = Object.entries(TOOLS).find(([file]) => file === self)?.[1] ?? npm
await tool(...process.argv.slice(2))

/** @param {string[]} args */
async function npm(command = '', ...args) {
  await called('npm', command)
  if (command === 'pack')
    return copyFileSync('newer-node.tgz', path.join(args.at(-1) ?? '', 'n.tgz'))
  for (const file of Object.keys(TOOLS)) put(file, '')
  for (const file of Object.keys(TOOLS)) copyFileSync(process.argv[1] ?? '', file)
  put('node_modules/package.json', '{ "type": "module" }')
}

async function prisma() {
  await called('prisma')
  mkdirSync('app/database/generated/sqlite', { recursive: true })
}

async function remix() {
  await called('remix')
  mkdirSync(path.join(process.env.BUILD_FOLDER ?? '', 'client'), { recursive: true })
}

/** @param {string[]} args */
async function vite(...args) {
  await called('vite')
  put(`${args.at(-1)}/main.js`, SERVER)
  put(`${args.at(-1)}/cli.js`, COMMAND_LINE)
}

/** @param {string} name @param {string[]} args */
async function called(name, ...args) {
  appendFileSync('calls.log', `${[name, ...args].join(' ')}\n`)
  if (name === 'npm' && args[0] === 'ci') rmSync('node_modules', { recursive: true, force: true })
  if (existsSync(`${name}-fails`)) {
    console.error(`${name} says why`)
    process.exit(1)
  }
  // At the longest until the test takes its project away, so that none outlives it.
  while (existsSync(`${name}-hangs`)) await sleep(50)
}

/** @param {string} file @param {string} content */
function put(file, content) {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
}
