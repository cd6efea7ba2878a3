// Stands in for npm, Prisma, Remix and Vite in the tests of app/server/prepare.js: writes its name
// to calls.log and leaves what the real tool would leave. Which tool it is, its path tells.
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

const TOOLS = {
  'node_modules/prisma/build/index.js': prisma,
  'node_modules/@remix-run/dev/dist/cli.js': remix,
  'node_modules/vite/bin/vite.js': vite,
}

const self = path.relative(process.cwd(), process.argv[1] ?? '')
const tool = Object.entries(TOOLS).find(([file]) => file === self)?.[1] ?? npm
tool(process.argv[2] ?? '', process.argv.at(-1) ?? '')

/** @param {string} command */
function npm(command) {
  called(`npm ${command}`)
  if (command === 'ci') rmSync('node_modules', { recursive: true, force: true })
  if (existsSync('npm-fails')) {
    console.error('the registry is on fire')
    process.exit(1)
  }
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const kept = Object.entries(packages).filter(([, { dev }]) => command !== 'prune' || !dev)
  for (const file of Object.keys(TOOLS)) {
    mkdirSync(path.dirname(file), { recursive: true })
    copyFileSync(process.argv[1] ?? '', file)
  }
  put('node_modules/package.json', '{ "type": "module" }')
  for (const [folder, { version }] of kept) {
    put(`${folder}/package.json`, JSON.stringify({ version, type: 'commonjs' }))
  }
  put('node_modules/better-sqlite3/index.js', 'module.exports = class {}')
  put('node_modules/.package-lock.json', JSON.stringify({ packages: Object.fromEntries(kept) }))
}

function prisma() {
  called('prisma')
  mkdirSync('app/database/generated/sqlite', { recursive: true })
}

function remix() {
  called('remix')
  mkdirSync(path.join(process.env.BUILD_FOLDER ?? '', 'client'), { recursive: true })
  if (!existsSync('remix-hangs')) return
  // Until the test takes its project away, so that none outlives it.
  setInterval(() => existsSync('remix-hangs') || process.exit(), 50)
}

/**
 * @param {string} _
 * @param {string} folder
 */
function vite(_, folder) {
  called('vite')
  put(
    `${folder}/main.js`,
    "export const startServer = async () => console.log('started in', process.env.NODE_ENV)",
  )
  put(
    `${folder}/cli.js`,
    "export const runCli = async (args) => { console.log('ran', ...args); return 3 }",
  )
}

/** @param {string} name */
function called(name) {
  appendFileSync('calls.log', `${name}\n`)
}

/**
 * @param {string} file
 * @param {string} content
 */
function put(file, content) {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
}
