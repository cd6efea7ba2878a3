import { z } from 'zod'
import { looksLikeId } from '~/accounts/row-id'
import { namedText, typedName, typedText } from '~/accounts/text'
import { checkboxSchema } from '~/accounts/users/schemas'
import { parseAddress, type Address } from './address'
import { PROXIES } from './configuration/proxy-configuration'
import { isPublicPathRule } from './public-paths'

/** What administrators type about applications and groups, in forms and at the command line. */

const ID_MAX_LENGTH = 40
const NAME_MAX_LENGTH = 60
const LIST_MAX_LENGTH = 4000
const MOST_LINES = 50

/** What stands beside ids in the addresses of pages. */
const RESERVED = ['new', 'config']

/** Short, and speaks for itself: it stands in the configuration of proxies and in addresses. */
const idSchema = (what: string, example: string) =>
  typedText(ID_MAX_LENGTH, what)
    .transform((text) => text.trim())
    .pipe(
      z
        .string()
        .regex(
          /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
          `${what} is made of small letters, digits and hyphens, like “${example}”`,
        )
        .refine(
          (id) => !RESERVED.includes(id),
          `${what} cannot be a word of Latchkey’s own addresses`,
        ),
    )

const lines = (what: string) =>
  typedText(LIST_MAX_LENGTH, what)
    .optional()
    .transform((text = '') =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    )
    .refine((all) => all.length <= MOST_LINES, { error: `${what}: at most ${MOST_LINES} lines` })
    .transform((all) => [...new Set(all)])

const addressSchema = z.string({ error: 'The address is missing' }).transform(originOf)

function originOf(text: string, context: z.RefinementCtx): Address {
  const parsed = parseAddress(text)
  if (parsed.ok) return parsed.at
  context.addIssue(parsed.why)
  return z.NEVER
}

const publicPathsSchema = lines('Public paths').check((context) => {
  for (const line of context.value) {
    if (isPublicPathRule(line)) continue
    context.issues.push({
      code: 'custom',
      input: line,
      message: `“${line}” is no path that can be public: use whole paths like /health, or beginnings that end in a slash, like /assets/`,
    })
  }
})

const moreOriginsSchema = lines('Further origins').transform((all, context) =>
  all.map((line) => {
    const parsed = parseAddress(line)
    if (parsed.ok) return parsed.at.address
    context.addIssue(`“${line}” is no origin: write one like https://editor.example.org a line`)
    return z.NEVER
  }),
)

const upstreamSchema = z
  .string()
  .optional()
  .transform((text, context) => {
    const typed = text?.trim() ?? ''
    if (typed === '') return null
    const parsed = parseAddress(/^[a-z]+:\/\//i.test(typed) ? typed : `http://${typed}`)
    if (parsed.ok) return parsed.at.address
    context.addIssue('Enter where it listens like http://127.0.0.1:8080')
    return z.NEVER
  })

const fields = {
  name: typedName(NAME_MAX_LENGTH, 'The name', 'Give it a name'),
  address: addressSchema,
  access: z.enum(['everybody', 'groups'], 'Choose who may use it'),
  group: z.array(namedText('The group')),
  publicPaths: publicPathsSchema,
  moreOrigins: moreOriginsSchema,
  assertion: checkboxSchema,
  secondFactor: checkboxSchema,
  upstream: upstreamSchema,
}

export const addApplicationSchema = z.object({ id: idSchema('The short name', 'wiki'), ...fields })
export const editApplicationSchema = z.object(fields)
export type ApplicationFields = z.output<typeof editApplicationSchema>

/** Which sign-in at an application is to end. */
export const chosenSignInSchema = z.object({ signInId: z.string().refine(looksLikeId) })

export const chosenSignInsSchema = z.object({
  signInId: z
    .array(namedText('The sign-in'))
    .min(1, 'Choose a sign-in')
    .max(200, 'These are too many at once'),
})

/** Which proxy a configuration is for. */
export const proxySchema = z.enum(PROXIES, `Choose a proxy: ${PROXIES.join(', ')}`)

/** Sent to applications in a list that commas separate. */
const groupNameSchema = typedName(NAME_MAX_LENGTH, 'The name', 'Give the group a name').refine(
  (name) => !name.includes(','),
  { error: 'The name cannot have a comma: applications are told groups in a list of them' },
)

export const addGroupSchema = z.object({
  id: idSchema('The short name', 'staff'),
  name: groupNameSchema,
})
export const renameGroupSchema = z.object({ name: groupNameSchema })

/** What an application's host asks the account site for: a code for this browser, and this page. */
export const openSchema = z.object({
  application: typedText(ID_MAX_LENGTH, 'The application'),
  /** SHA-256 as base64url. */
  nonce: z.string().regex(/^[\w-]{43}$/),
  to: z.string().optional(),
})

export const chosenMembersSchema = z.object({
  userId: z
    .array(namedText('The person'))
    .min(1, 'Tick somebody first')
    .max(200, 'These are too many at once'),
})
export const chosenGroupsSchema = z.object({
  group: z.array(namedText('The group')).max(250, 'These are too many at once'),
})
