import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync, renameSync } from 'node:fs'
import path from 'node:path'
import { fromRoot } from './root.js'

const IGNORED = /(?:^|[/\\])generated(?:[/\\]|$)|\.test\.[jt]sx?$/

/**
 * A hash of what the files hold, not of when they were written: a checkout changes dates.
 *
 * @param {string[]} paths files and folders from the project's folder; tests and generated code do
 * not count, missing ones count as missing
 */
export function fingerprint(paths) {
  const hash = createHash('sha256')
  for (const file of paths.flatMap(filesUnder)) {
    const content = contentOf(file)
    hash.update(`${file}\0${content?.length ?? 'missing'}\0`)
    if (content) hash.update(content)
  }
  return hash.digest('hex')
}

/** @param {string} file @returns {Buffer | undefined} */
export function contentOf(file) {
  try {
    return readFileSync(fromRoot(file))
  } catch {
    return undefined
  }
}

/**
 * Writes a file so that it is there whole or not at all.
 *
 * @param {string} file
 * @param {string} content
 */
export function writeWhole(file, content) {
  const draft = fromRoot(`${file}.${process.pid}`)
  writeFileSync(draft, content)
  renameSync(draft, fromRoot(file))
}

/** @param {string} file @returns {string[]} */
function filesUnder(file) {
  if (IGNORED.test(file)) return []
  if (!statSync(fromRoot(file), { throwIfNoEntry: false })?.isDirectory()) return [file]
  const names = readdirSync(fromRoot(file)).sort()
  return names.flatMap((name) => filesUnder(path.join(file, name)))
}
