import { UsageError } from './command'

/** What can be said about an application on the command line. */
export const ADD_OPTIONS = {
  name: { type: 'string' },
  address: { type: 'string' },
  upstream: { type: 'string' },
  groups: { type: 'string', multiple: true },
  everybody: { type: 'boolean' },
  'public-path': { type: 'string', multiple: true },
  'more-origin': { type: 'string', multiple: true },
  assertion: { type: 'boolean' },
  'second-factor': { type: 'boolean' },
} as const

export type Given = {
  name?: string
  address?: string
  upstream?: string
  groups?: readonly string[]
  everybody?: boolean
  publicPaths?: readonly string[]
  moreOrigins?: readonly string[]
  assertion?: boolean
  secondFactor?: boolean
}

/** What was given, and nothing of what was not. */
export function given({
  groups,
  everybody,
  'public-path': publicPaths,
  'more-origin': moreOrigins,
  'second-factor': secondFactor,
  ...values
}: {
  [Name in keyof typeof ADD_OPTIONS]?: (typeof ADD_OPTIONS)[Name] extends { multiple: true }
    ? string[]
    : (typeof ADD_OPTIONS)[Name]['type'] extends 'boolean'
      ? boolean
      : string
}): Given {
  if (everybody && groups) throw new UsageError('Say either --everybody or --groups.')
  if (everybody === false) throw new UsageError('Say --groups: who may use it instead.')
  return {
    ...values,
    ...(groups && { groups: namesIn(groups) }),
    ...(everybody && { everybody }),
    ...(publicPaths && { publicPaths }),
    ...(moreOrigins && { moreOrigins }),
    ...(secondFactor !== undefined && { secondFactor }),
  }
}

/** Names that commas separate, or that were given one by one. */
export const namesIn = (texts: readonly string[]): string[] =>
  texts
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter(Boolean)

type Before = {
  name: string
  address: string
  upstream: string | null
  forEverybody: boolean
  groups: readonly { id: string }[]
  publicPaths: readonly string[]
  moreOrigins: readonly string[]
  assertion: boolean
  secondFactor: boolean
}

/** An application as the form of its page would send it, with what was given in place of what it had. */
export function asFields(before: Before, values: Given) {
  const { groups, everybody, publicPaths, moreOrigins, assertion } = values
  const isForEverybody = groups ? false : everybody || before.forEverybody
  const isAsserted = assertion ?? before.assertion
  return {
    name: values.name ?? before.name,
    address: values.address ?? before.address,
    upstream: values.upstream ?? before.upstream ?? '',
    access: isForEverybody ? 'everybody' : 'groups',
    group: groups ?? before.groups.map(({ id }) => id),
    publicPaths: (publicPaths ?? before.publicPaths).join('\n'),
    moreOrigins: (moreOrigins ?? before.moreOrigins).join('\n'),
    ...(isAsserted && { assertion: 'on' }),
    ...((values.secondFactor ?? before.secondFactor) && { secondFactor: 'on' }),
  }
}
