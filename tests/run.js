// Runs everything there is to check and ends with one line: "N passed, N failed". Started by
// `npm test` (app/server/prepare.js), which installs and builds first.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { packageScript, runAttached } from '../app/server/prepare/run.js'
import { prepareBrowser } from './support/browser.js'

/** @typedef {{ passed: number, failed: number }} Count */

const reports = mkdtempSync(path.join(tmpdir(), 'latchkey-tests-'))

const vitestParts = ['unit', 'http', 'live', 'faults']
const parts = ['types', 'lint', ...vitestParts, 'e2e']

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !parts.includes(name))
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${parts.join(', ')}.`)
  process.exit(1)
}

/** @param {string} name */
const isAsked = (name) => asked.length === 0 || asked.includes(name)

const counts = []
if (isAsked('types')) counts.push(await types())
if (isAsked('lint')) counts.push(await lint())
if (vitestParts.some(isAsked)) counts.push(await vitest(vitestParts.filter(isAsked)))
if (isAsked('e2e')) counts.push(await playwright())
rmSync(reports, { recursive: true, force: true })

const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
console.log(`\n${passed} passed, ${failed} failed`)

async function types() {
  return asOne(await run('typescript/bin/tsc', '--noEmit'))
}

async function lint() {
  const rules = await run('eslint/bin/eslint.js', '.', '--max-warnings', '0')
  const format = await run('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')
  return asOne(rules || format)
}

/** @typedef {{ numPassedTests: number, numFailedTests: number }} VitestReport */
/** @typedef {{ stats: { expected: number, unexpected: number, flaky: number } }} PlaywrightReport */

/** @param {string[]} names */
async function vitest(names) {
  const file = path.join(reports, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const projects = names.map((name) => `--project=${name}`)
  const code = await run('vitest/vitest.mjs', 'run', ...reporters, ...projects)
  const report = /** @type {VitestReport | undefined} */ (read(file))
  return counted(code, report?.numPassedTests, report?.numFailedTests)
}

async function playwright() {
  // Without a browser every browser test fails, and says so; the count is told all the same.
  await prepareBrowser().catch((/** @type {unknown} */ error) => {
    console.error(error instanceof Error ? error.message : error)
  })
  process.env.PLAYWRIGHT_JSON_OUTPUT_NAME = path.join(reports, 'e2e.json')
  const code = await run('@playwright/test/cli.js', 'test', '--reporter=list,json')
  const report = read(process.env.PLAYWRIGHT_JSON_OUTPUT_NAME)
  const stats = /** @type {PlaywrightReport | undefined} */ (report)?.stats
  return counted(code, stats?.expected, (stats?.unexpected ?? 0) + (stats?.flaky ?? 0))
}

/**
 * @param {string} script a program of node_modules
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
async function run(script, ...args) {
  console.log(`\n── ${/^(?:@[^/]+\/)?[^/]+/.exec(script)?.[0]}\n`)
  return runAttached([...packageScript(script), ...args])
}

/** @param {number} code @returns {Count} */
function asOne(code) {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/**
 * A tool that failed without naming a failed test (a file that does not load, an unhandled
 * rejection, no tests at all) counts as one failure.
 *
 * @param {number} code
 * @param {number} [passed]
 * @param {number} [failed]
 * @returns {Count}
 */
function counted(code, passed = 0, failed = 0) {
  return { passed, failed: failed || (code === 0 && passed > 0 ? 0 : 1) }
}

/** @param {string} file @returns {unknown} what it holds as JSON; undefined when there is none */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
