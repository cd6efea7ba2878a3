import { z } from 'zod'
import { namedText, typedName, typedText } from '../text'
import { ALL_SCOPES } from './scopes'

const TOKEN_NAME_MAX_LENGTH = 60

/** How long a token may live, in days; the form offers these. */
export const TOKEN_LIFETIMES = { '7': 7, '30': 30, '90': 90, '365': 365, never: null } as const

/** As long as any short name of an application, see applications/schemas.ts. */
const APPLICATION_MAX_LENGTH = 40

export const createTokenSchema = z
  .object({
    name: typedName(TOKEN_NAME_MAX_LENGTH, 'The name', 'Give the token a name'),
    /** Null for our own API. */
    application: typedText(APPLICATION_MAX_LENGTH, 'The application')
      .optional()
      .transform((id) => id || null),
    scope: z.array(z.enum(ALL_SCOPES, 'This is no permission')),
    lifetime: z.enum(
      Object.keys(TOKEN_LIFETIMES) as (keyof typeof TOKEN_LIFETIMES)[],
      'Choose when it expires',
    ),
  })
  .check(({ value: { application, scope }, issues }) => {
    const refuse = (message: string) =>
      issues.push({ code: 'custom', path: ['scope'], input: scope, message })
    if (application === null && scope.length === 0) refuse('Choose at least one permission')
    if (application !== null && scope.length > 0) {
      refuse('Permissions are for Latchkey’s API: a token for an application has none')
    }
  })

export const chosenTokensSchema = z.object({
  tokenId: z
    .array(namedText('The token'))
    .min(1, 'Choose a token')
    .max(100, 'These are too many at once'),
})
