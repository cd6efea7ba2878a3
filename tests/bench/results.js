import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const FILE = fileURLToPath(new URL('RESULTS.md', import.meta.url))
const INTRO = `# Results

Written by \`npm run bench\`. Figures of different machines, or of a busy one, do not compare; those
of one table were taken in one run.
`

/**
 * Replaces one section of RESULTS.md, or adds it.
 *
 * @param {string} name
 * @param {string} text Markdown, beginning with its heading
 */
export function writeSection(name, text) {
  const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : INTRO
  const section = `<!-- ${name} -->\n\n${text.trim()}\n\n${describeMachine()}\n\n<!-- end -->`
  const old = new RegExp(`<!-- ${name} -->.*?<!-- end -->`, 's')
  const after = old.test(before)
    ? before.replace(old, () => section)
    : `${before.trimEnd()}\n\n${section}\n`
  writeFileSync(FILE, after)
}

/** @param {string[]} head @param {(string | number)[][]} rows */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => length(row[column]))))
  const lines = cells.map((row) => line(row.map((cell, at) => pad(cell, widths[at] ?? 0, at))))
  const rule = line(widths.map((width, at) => (at === 0 ? '' : ':').padStart(width, '-')))
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

function describeMachine() {
  const processors = cpus()
  const load = loadavg()[0] ?? 0
  return (
    `${processors.length} cores (${processors[0]?.model.trim()}), ` +
    `${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${process.platform}; ` +
    `load average ${load.toFixed(1)}; ${new Date().toISOString().slice(0, 10)}.`
  )
}

/** @param {string[]} cells */
const line = (cells) => `| ${cells.join(' | ')} |`
const length = (text = '') => text.length

/** @param {string} cell @param {number} width @param {number} at */
const pad = (cell, width, at) => (at === 0 ? cell.padEnd(width) : cell.padStart(width))
