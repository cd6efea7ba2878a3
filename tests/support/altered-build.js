import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that `npm run build` makes. */
export const BUILD = fileURLToPath(new URL('../../build', import.meta.url))

/**
 * What is to be different in the built server: what occurs once, and what comes in its place.
 *
 * @typedef {readonly [from: RegExp | string, to: string]} Alteration
 */

/**
 * A copy of the built server in which a guard is taken out, or something is slower, to see whether a test
 * or a measurement would notice: no setting of the real server does that. It lies beside the build, so
 * that it finds the same packages.
 *
 * @param {Alteration[]} alterations
 * @returns {{ build: string, remove: () => void }}
 */
export function alterBuild(...alterations) {
  const build = mkdtempSync(`${BUILD}.altered-`)
  for (const name of readdirSync(BUILD)) {
    if (name !== 'node') symlinkSync(path.join(BUILD, name), path.join(build, name), 'junction')
  }
  const folder = path.join(build, 'node')
  cpSync(path.join(BUILD, 'node'), folder, { recursive: true })
  for (const alteration of alterations) alter(folder, alteration)
  return { build, remove: () => rmSync(build, { recursive: true, force: true }) }
}

/** @param {string} folder @param {Alteration} alteration */
function alter(folder, [from, to]) {
  let found = 0
  for (const name of readdirSync(folder)) {
    // What is left out is Prisma's, and large.
    if (!name.endsWith('.js') || name.startsWith('query_compiler')) continue
    const file = path.join(folder, name)
    const text = readFileSync(file, 'utf8')
    const places =
      typeof from === 'string'
        ? text.split(from).length - 1
        : [...text.matchAll(new RegExp(from, 'g'))].length
    found += places
    if (places > 0) writeFileSync(file, text.replace(from, to))
  }
  if (found !== 1) throw new Error(`${found} times in the build: ${String(from)}`)
}
