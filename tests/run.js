// Runs everything there is to check and ends with what failed and one line: "N passed, N failed".
// Started by `npm test` (app/server/prepare.js), which installs and builds first.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { packageScript, runAttached } from '../app/server/prepare/run.js'
import { prepareBrowser } from './support/browser.js'
import { DATABASES, projectName } from './support/databases.js'

/** @typedef {import('./support/count-reporter.js').Count} Count */

/** @type {Count} */
const NONE = { passed: 0, failed: 0, failures: [] }

const reports = mkdtempSync(path.join(tmpdir(), 'latchkey-tests-'))

/** What runs on each database, and on one alone when that is asked for: `http:sqlite`. */
const partsOfEach = ['rules', 'http', 'live']
/** What no database has a say in runs once: `edge` and `cli`. */
const once = ['unit', 'edge', 'cli', 'nodes', 'postgres', 'sqlite', 'faults', 'proxies']
const vitestParts = [...partsOfEach, ...once]
const parts = ['types', 'lint', ...vitestParts, 'e2e']

const asked = process.argv.slice(2)
const known = [
  ...parts,
  ...partsOfEach.flatMap((part) =>
    DATABASES.map((database) => `${part}:${database.toLowerCase()}`),
  ),
]
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${known.join(', ')}.`)
  process.exit(1)
}

/** @param {string[]} names */
const isAsked = (...names) => asked.length === 0 || names.some((name) => asked.includes(name))

const counts = []
if (isAsked('types')) counts.push(await types())
if (isAsked('lint')) counts.push(await lint())
const projects = vitestParts.flatMap(projectsOf)
if (projects.length > 0) counts.push(...(await vitest(projects)))
if (isAsked('e2e')) counts.push(await playwright())
rmSync(reports, { recursive: true, force: true })

const passed = total(counts, 'passed')
const failed = total(counts, 'failed')
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
for (const { failures } of counts) for (const failure of failures) console.log(`✗ ${failure}`)
console.log(`\n${passed} passed, ${failed} failed`)

async function types() {
  return asOne('types', await run('typescript/bin/tsc', '--noEmit'))
}

async function lint() {
  const rules = await run('eslint/bin/eslint.js', '.', '--max-warnings', '0')
  const format = await run('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')
  return asOne('lint', rules || format)
}

/** @param {string} part @returns {string[]} its projects of vitest that are asked for */
function projectsOf(part) {
  if (!partsOfEach.includes(part)) return isAsked(part) ? [part] : []
  return DATABASES.filter((database) => isAsked(part, `${part}:${database.toLowerCase()}`)).map(
    (database) => projectName(part, database),
  )
}

/** @param {string[]} names */
async function vitest(names) {
  process.env.COUNTS_FILE = path.join(reports, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=./tests/support/count-reporter.js']
  const filters = names.map((name) => `--project=${name}`)
  const code = await run('vitest/vitest.mjs', 'run', ...reporters, ...filters)
  /** @typedef {Record<string, Count>} Report */
  const report = /** @type {Report | undefined} */ (read(process.env.COUNTS_FILE)) ?? {}
  const all = Object.values(report)
  const failures = all.flatMap((count) => count.failures)
  return [
    counted('vitest', code, total(all, 'passed'), total(all, 'failed'), failures),
    onEachDatabase(names, report),
  ]
}

/**
 * Says how many tests ran on each database, of those that run on every one. A test that is left out
 * on one of them is a failure.
 *
 * @param {string[]} names
 * @param {Record<string, Count>} report
 * @returns {Count}
 */
function onEachDatabase(names, report) {
  const whole = partsOfEach.filter((part) =>
    DATABASES.every((database) => names.includes(projectName(part, database))),
  )
  if (whole.length === 0) return NONE
  const ran = DATABASES.map((database) => {
    const its = whole.map((part) => report[projectName(part, database)] ?? NONE)
    return total(its, 'passed') + total(its, 'failed')
  })
  const words = DATABASES.map((database, index) => `${ran[index]} on ${database}`)
  console.log(`\nTests that run on each database: ${words.join(', ')}`)
  if (new Set(ran).size === 1) return NONE
  return { passed: 0, failed: 1, failures: [`not the same on each database: ${words.join(', ')}`] }
}

/** @typedef {import('@playwright/test/reporter').JSONReport} PlaywrightReport */
/** @typedef {import('@playwright/test/reporter').JSONReportSuite} PlaywrightSuite */

async function playwright() {
  // Without a browser every browser test fails, and says so; the count is told all the same.
  await prepareBrowser().catch((/** @type {unknown} */ error) => {
    console.error(error instanceof Error ? error.message : error)
  })
  process.env.PLAYWRIGHT_JSON_OUTPUT_NAME = path.join(reports, 'e2e.json')
  const code = await run('@playwright/test/cli.js', 'test', '--reporter=list,json')
  const report = /** @type {PlaywrightReport | undefined} */ (
    read(process.env.PLAYWRIGHT_JSON_OUTPUT_NAME)
  )
  const { expected, unexpected = 0, flaky = 0 } = report?.stats ?? {}
  const failures = (report?.suites ?? []).flatMap(failuresOf)
  return counted('playwright', code, expected, unexpected + flaky, failures)
}

/** @param {PlaywrightSuite} suite @returns {string[]} */
function failuresOf({ specs, suites = [] }) {
  const own = specs.filter(({ ok }) => !ok).map(({ file, title }) => `${file} › ${title}`)
  return [...own, ...suites.flatMap(failuresOf)]
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

/** @param {string} tool @param {number} code @returns {Count} */
function asOne(tool, code) {
  return counted(tool, code, code === 0 ? 1 : 0)
}

/**
 * A tool that failed without naming a failed test (a file that does not load, an unhandled
 * rejection, no tests at all) counts as one failure.
 *
 * @param {string} tool
 * @param {number} code
 * @param {number} [passed]
 * @param {number} [failed]
 * @param {string[]} [failures] what failed, in words
 * @returns {Count}
 */
function counted(tool, code, passed = 0, failed = 0, failures = []) {
  if (failed > 0 || (code === 0 && passed > 0)) return { passed, failed, failures }
  return { passed, failed: 1, failures: [...failures, `${tool} ended with ${code}: see above`] }
}

/** @param {Count[]} several @param {'passed' | 'failed'} which */
function total(several, which) {
  return several.reduce((sum, count) => sum + count[which], 0)
}

/** @param {string} file @returns {unknown} what it holds as JSON; undefined when there is none */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
