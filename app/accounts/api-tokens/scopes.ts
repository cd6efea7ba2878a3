import type { Role } from '~/database/types'
import type { Viewer } from '../viewer'

/**
 * What a token may be allowed, in the words of its owner's page. A scope is offered once there is
 * something that it opens. Other words in a row, of tokens from before, open nothing.
 */
export const SCOPES = {
  'profile:read': 'See your name and e-mail address',
  'users:write': 'Delete users',
} as const

export type Scope = keyof typeof SCOPES

export const ALL_SCOPES = Object.keys(SCOPES) as Scope[]

/** Scopes of which only an administrator's token can make use. */
const ADMIN_SCOPES: readonly Scope[] = ['users:write']

/** The scopes that somebody with this role may give to a token. */
export const scopesFor = (role: Role): Scope[] =>
  role === 'admin' ? ALL_SCOPES : ALL_SCOPES.filter((scope) => !ADMIN_SCOPES.includes(scope))

/** As a row stores them: separated by spaces, in the order of the list. */
export const scopesToText = (scopes: readonly Scope[]): string =>
  ALL_SCOPES.filter((scope) => scopes.includes(scope)).join(' ')

export const scopesFromText = (text: string): Scope[] => {
  const words = text.split(' ')
  return ALL_SCOPES.filter((scope) => words.includes(scope))
}

/** Who is asking: a person, through a token of theirs. */
export type Bearer = {
  readonly user: Viewer['user']
  readonly token: { readonly id: string; readonly name: string; readonly scopes: readonly Scope[] }
}

/** A bearer together with where the request came from. */
export type ActingByToken = { bearer: Bearer; ip: string }
