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
import { BUILD } from './server'

/** What is to be different in the built server: a text that occurs once, and another in place of it. */
export type Alteration = readonly [from: RegExp, to: string]

/**
 * A copy of the built server in which a guard is taken out, to see whether a test would notice. It lies
 * beside the build, so that it finds the same packages.
 */
export function alterBuild(alteration: Alteration): { build: string; remove: () => void } {
  const build = mkdtempSync(`${BUILD}.altered-`)
  for (const name of readdirSync(BUILD)) {
    if (name !== 'node') symlinkSync(path.join(BUILD, name), path.join(build, name))
  }
  const folder = path.join(build, 'node')
  cpSync(path.join(BUILD, 'node'), folder, { recursive: true })
  alter(folder, alteration)
  return { build, remove: () => rmSync(build, { recursive: true, force: true }) }
}

function alter(folder: string, [from, to]: Alteration) {
  let found = 0
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.js') || name.startsWith('query_compiler')) continue
    const file = path.join(folder, name)
    const text = readFileSync(file, 'utf8')
    const places = [...text.matchAll(new RegExp(from, 'g'))].length
    found += places
    if (places > 0) writeFileSync(file, text.replace(from, to))
  }
  if (found !== 1) throw new Error(`${found} times in the build: ${String(from)}`)
}
