import { expect } from 'vitest'
import type { Check, Finding } from '../findings'
import { examineSqlite } from './examine'
import { steadyClock } from './fixtures'

/** A disk with space. */
export const PLENTY = { type: 0xef53, bavail: 1e6, bsize: 4096 }

type Options = Partial<Parameters<typeof examineSqlite>[0]>

/** What is found, but for the space of the machine that the test runs on. */
export const examine = (path: string, options: Options = {}) =>
  examineSqlite({ url: `file:${path}`, clock: steadyClock, fileSystemOf: () => PLENTY, ...options })

/** What one check says: its verdict and its text. */
export function verdictOn(check: Check, path: string, options: Options = {}) {
  const { verdict, text } = examine(path, options).find((finding) => finding.check === check)!
  return [verdict, text ?? '']
}

export const notFine = (findings: Finding[]) => findings.filter(({ verdict }) => verdict !== 'ok')
export const says = (text: string) => expect.stringContaining(text) as unknown
