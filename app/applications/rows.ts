import type { ApplicationFields } from './schemas'

/*
 * An application as it is typed, as it is stored, and as it is listed.
 */

/** As administrators see it. */
export type ListedApplication = {
  id: string
  name: string
  address: string
  host: string
  forEverybody: boolean
  publicPaths: string[]
  moreOrigins: string[]
  assertion: boolean
  secondFactor: boolean
  upstream: string | null
  createdAt: Date
  groups: { id: string; name: string }[]
}

export const GROUPS = {
  groups: { select: { group: { select: { id: true, name: true } } } },
} as const

type Row = {
  publicPaths: string
  moreOrigins: string
  groups: { group: { id: string; name: string } }[]
}

export const toListed = <R extends Row>({ publicPaths, moreOrigins, groups, ...row }: R) => ({
  ...row,
  publicPaths: linesOf(publicPaths),
  moreOrigins: linesOf(moreOrigins),
  groups: groups.map(({ group }) => group),
})

/** A column of several texts, one a line. */
export const linesOf = (column: string): string[] => column.split('\n').filter(Boolean)

export const toColumns = ({ name, address, access, ...fields }: ApplicationFields) => ({
  name,
  ...address,
  forEverybody: access === 'everybody',
  publicPaths: fields.publicPaths.join('\n'),
  moreOrigins: fields.moreOrigins.join('\n'),
  assertion: fields.assertion,
  secondFactor: fields.secondFactor,
  upstream: fields.upstream,
})

/** The groups are kept also while everybody may use it, or ticking one box would lose them. */
export const groupsOf = ({ group }: ApplicationFields) => [...new Set(group)]

/** The names of what is different, for the audit log, and who may use it now. */
export function changedFields(before: ListedApplication, now: ApplicationFields) {
  const ids = before.groups.map(({ id }) => id)
  const after: Record<string, unknown> = { ...toColumns(now), groups: groupsOf(now) }
  const earlier: Record<string, unknown> = {
    ...before,
    publicPaths: before.publicPaths.join('\n'),
    moreOrigins: before.moreOrigins.join('\n'),
    groups: ids,
  }
  const isSame = (name: string) =>
    JSON.stringify(sorted(after[name])) === JSON.stringify(sorted(earlier[name]))
  return {
    changed: Object.keys(after).filter((name) => !isSame(name)),
    access: now.access,
    groups: groupsOf(now),
  }
}

const sorted = (value: unknown) => (Array.isArray(value) ? [...(value as string[])].sort() : value)
