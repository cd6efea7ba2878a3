import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { stripTypeScriptTypes } from 'node:module'
import { compileFunction } from 'node:vm'
import { LRUCache } from 'lru-cache'
import * as confirmations from '../../app/nodes/confirmations'
import * as severalNodes from '../../app/nodes/several-nodes'
import * as steady from '../../app/nodes/steady-time'
import * as identityCache from '../../app/accounts/sessions/identity-cache'
import * as revocations from '../../app/accounts/revocations'

/** The parts of the protocol, each of which a test may have with a piece of its source altered. */
const PARTS = {
  'nodes/confirmations.ts': confirmations,
  'nodes/several-nodes.ts': severalNodes,
  'accounts/sessions/identity-cache.ts': identityCache,
  'accounts/revocations.ts': revocations,
}
export type PartName = keyof typeof PARTS
export type Alteration = { in: PartName; replace: readonly (readonly [from: string, to: string])[] }

export type Protocol = {
  joinSeveralNodes: typeof severalNodes.joinSeveralNodes
  createIdentityCache: typeof identityCache.createIdentityCache
  createRevocations: typeof revocations.createRevocations
}

/** The protocol as it is, or with one part of it altered. */
export function createProtocol(alteration?: Alteration): Protocol {
  const names = { randomUUID, LRUCache, ...steady }
  const parts = Object.assign({}, names, ...Object.values(PARTS)) as typeof names & Protocol
  if (!alteration) return parts
  Object.assign(parts, evaluate(alteration, parts))
  // Who imports what was altered is evaluated anew, over it.
  const outer = { in: 'nodes/several-nodes.ts', replace: [] } as const
  if (alteration.in === 'nodes/confirmations.ts') Object.assign(parts, evaluate(outer, parts))
  return parts
}

/** @throws Error when the text to replace is not there exactly once: the test has to follow the source. */
function evaluate(alteration: Alteration, scope: object): object {
  const path = new URL(`../../app/${alteration.in}`, import.meta.url)
  let source = readFileSync(path, 'utf8')
  for (const [from, to] of alteration.replace) {
    if (source.split(from).length !== 2) throw new Error(`not once in ${alteration.in}: ${from}`)
    source = source.replace(from, () => to.replace('$&', () => from))
  }
  const exported = [...source.matchAll(/^export (?:function|const) (\w+)/gm)].map(
    (found) => found[1]!,
  )
  const body = stripTypeScriptTypes(source)
    .replaceAll(/^import [^']*'[^']*'$/gm, '')
    .replaceAll(/^export /gm, '')
  const imported = Object.keys(scope).filter((name) => !exported.includes(name))
  const values = imported.map((name) => scope[name as keyof typeof scope])
  const make = compileFunction(`${body}\nreturn { ${exported.join(', ')} }`, imported)
  return (make as (...values: unknown[]) => object)(...values)
}
