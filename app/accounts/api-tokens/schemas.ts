import { z } from 'zod'
import { typedName } from '../text'
import { ALL_SCOPES } from './scopes'

const TOKEN_NAME_MAX_LENGTH = 60

/** How long a token may live, in days; the form offers these. */
export const TOKEN_LIFETIMES = { '7': 7, '30': 30, '90': 90, '365': 365, never: null } as const

export const createTokenSchema = z.object({
  name: typedName(TOKEN_NAME_MAX_LENGTH, 'The name', 'Give the token a name'),
  scope: z.array(z.enum(ALL_SCOPES, 'This is no scope')).min(1, 'Choose at least one scope'),
  lifetime: z.enum(
    Object.keys(TOKEN_LIFETIMES) as (keyof typeof TOKEN_LIFETIMES)[],
    'Choose when it expires',
  ),
})

export const chosenTokensSchema = z.object({
  tokenId: z.array(z.string()).min(1, 'Choose a token').max(100, 'These are too many at once'),
})
