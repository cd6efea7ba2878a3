import { expect } from 'vitest'
import { examineDatabase, type ExamineOptions } from '../../app/database/examine'
import type { Check, Finding } from '../../app/database/findings'
import { administratorsUrl } from './postgres/databases'
import { queriesOf } from './queries'

const ONE_NODE = { nodes: 1, connections: 10 }
const clock = { now: () => new Date(), monotonic: () => performance.now() }

/** What doctor finds in a database. */
export const examine = (url: string, options: Partial<ExamineOptions> = {}): Promise<Finding[]> =>
  examineDatabase({ url, load: ONE_NODE, clock, ...options })

/** What one check finds: a verdict and a text each time. */
export async function verdictsOn(
  check: Check,
  url: string,
  options: Partial<ExamineOptions> = {},
): Promise<[string, string][]> {
  const findings = await examine(url, options)
  return findings
    .filter((finding) => finding.check === check)
    .map(({ verdict, text = '' }) => [verdict, text])
}

/** Fails unless there is nothing to be said against a database. */
export async function expectFine(url: string, options: Partial<ExamineOptions> = {}) {
  const findings = await examine(url, options)
  expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([])
}

export const says = (text: string | RegExp) => expect.stringMatching(text) as string

/** Does what an advice says to say in psql, as an administrator. */
export async function follow(url: string, text: string) {
  const [, statements = ''] = /: ((?:ALTER|GRANT) .*;)/.exec(text) ?? []
  expect(statements).not.toBe('')
  const { query } = queriesOf(administratorsUrl(url))
  for (const statement of statements.split(/(?<=;) /)) await query(statement)
}
