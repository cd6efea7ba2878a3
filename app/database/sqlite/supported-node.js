// Without packages, since prepare.js imports it before they are there.
import process from 'node:process'

/** What better-sqlite3's binaries are built for. Node has it since 22.14 and 23.6. */
const NODE_API = 10

const NEEDS = `Latchkey needs Node 22.14 or newer, and this is Node ${process.versions.node}`

/**
 * Why this Node cannot open the database; undefined when it can. An older one would end in a
 * segmentation fault.
 */
export const nodeIsTooOld = Number(process.versions.napi) < NODE_API ? NEEDS : undefined

/** Throws where better-sqlite3 would end the process without a word. */
export function requireSupportedNode() {
  if (!nodeIsTooOld) return
  throw new Error(`${nodeIsTooOld}. Run it through npm, which fetches one, or install Node 24.`)
}
