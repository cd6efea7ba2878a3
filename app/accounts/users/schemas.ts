import { z } from 'zod'
import { looksLikeId } from '../row-id'
import { lengthOf, searchedText, typedName, typedText, withAsciiHost } from '../text'
import { isUsername, USERNAME_MAX_LENGTH } from './usernames'

/** The rules of what people type about themselves, said once. Forms show these messages. */

const PASSWORD_MIN_LENGTH = 8
const PASSWORD_MAX_LENGTH = 256
const EMAIL_MAX_LENGTH = 254
const NAME_MAX_LENGTH = 100
const ID_LENGTH = 36
/** More than anybody has. */
const MOST_TOKENS = 100
/**
 * Zero-width and direction marks, by which two addresses would look the same; and the signs that end
 * an address, begin another one, or begin the encoding of another one in the header of a mail.
 */
const NOT_IN_ADDRESS = /[\p{Cc}\p{Cf}()<>[\]:;\\,"]|=\?/u

const NO_ADDRESS = 'Enter an e-mail address like name@example.com'

/** Normalised here and nowhere else, so that equal addresses are equal text. */
export const emailSchema = typedText(EMAIL_MAX_LENGTH, 'The e-mail address')
  .transform((text) => text.normalize('NFKC').trim().toLowerCase())
  .pipe(
    z
      .string()
      .min(1, 'Enter an e-mail address')
      .regex(z.regexes.unicodeEmail, NO_ADDRESS)
      .refine((text) => !NOT_IN_ADDRESS.test(text), NO_ADDRESS),
  )
  .transform(withAsciiHost)
  .pipe(
    z
      .string(NO_ADDRESS)
      .max(
        EMAIL_MAX_LENGTH,
        `The e-mail address must be at most ${EMAIL_MAX_LENGTH} characters long`,
      ),
  )

const NO_USERNAME = `Start with a letter or digit; up to ${USERNAME_MAX_LENGTH} characters: a–z, 0–9, . _ -`

/** As an administrator types it. An id stands in for a username until its owner is given one. */
export const usernameSchema = typedText(EMAIL_MAX_LENGTH, 'The username')
  .transform((text) => text.trim().toLowerCase())
  .refine(isUsername, NO_USERNAME)
  .refine((text) => !looksLikeId(text), 'This is an id. Choose a name that people can read')

/** What somebody signs in with: an e-mail address, or a username, in which there is no @. */
export const emailOrUsernameSchema = typedText(EMAIL_MAX_LENGTH, 'The e-mail address or username')
  .transform((text) => text.normalize('NFKC').trim().toLowerCase())
  .pipe(z.string().min(1, 'Enter your e-mail address or username'))
  .transform((text, context) => {
    if (!text.includes('@') && isUsername(text)) return text
    const email = emailSchema.safeParse(text)
    if (email.success) return email.data
    context.addIssue(`${NO_ADDRESS}, or a username`)
    return z.NEVER
  })

export const nameSchema = typedName(NAME_MAX_LENGTH, 'The name', 'Enter a name')

/** A password as typed at sign-in. Passed on as it was sent: it is normalised where it is hashed. */
export const givenPasswordSchema = typedText(PASSWORD_MAX_LENGTH, 'The password').pipe(
  z.string().min(1, 'Enter your password'),
)

/** A password that somebody chooses. No rules of composition; what is too common is refused elsewhere. */
export const newPasswordSchema = typedText(PASSWORD_MAX_LENGTH, 'The password').refine(
  (text) => lengthOf(text) >= PASSWORD_MIN_LENGTH,
  { error: `Use at least ${PASSWORD_MIN_LENGTH} characters` },
)

/** An HTML checkbox: present when ticked. */
export const checkboxSchema = z
  .literal('on', { error: 'This box can only be ticked or not' })
  .optional()
  .transform((value) => value === 'on')

export const signInSchema = z.object({
  email: emailOrUsernameSchema,
  password: givenPasswordSchema,
  keep: checkboxSchema,
})

export const signUpSchema = z.object({
  name: nameSchema,
  email: emailSchema,
  password: newPasswordSchema,
})

export const renameSchema = z.object({ name: nameSchema })

export const changeEmailSchema = z.object({
  email: emailSchema,
  currentPassword: givenPasswordSchema,
})

export const changePasswordSchema = z.object({
  currentPassword: givenPasswordSchema,
  newPassword: newPasswordSchema,
  endOthers: checkboxSchema,
})

export const deleteAccountSchema = z.object({ currentPassword: givenPasswordSchema })

const roleSchema = z.enum(['user', 'admin'], 'Choose a role')

export const editUserSchema = z.object({ name: nameSchema, email: emailSchema, role: roleSchema })

/** Who leaves the username empty gets a suggested one. */
export const newUserSchema = editUserSchema.extend({
  username: usernameSchema
    .or(z.literal('').transform(() => null))
    .optional()
    .default(null),
  mailLink: checkboxSchema,
})

export const changeUsernameSchema = z.object({ username: usernameSchema })

export const choosePasswordSchema = z.object({
  password: newPasswordSchema,
  /** The API tokens that go on working. */
  keepToken: z.array(typedText(ID_LENGTH, 'The token')).max(MOST_TOKENS, 'Too many tokens'),
})

/** Where only the address is asked for: a mail to it says the rest. */
export const onlyEmailSchema = z.object({ email: emailSchema })

/** What is asked of whoever opened the link in that mail. */
export const signUpByMailSchema = signUpSchema.omit({ email: true })

/** What the list of users is asked for. Anything unknown in the URL means the default. */
export const userListSchema = z.object({
  q: searchedText(EMAIL_MAX_LENGTH),
  role: z.enum(['user', 'admin']).nullable().catch(null),
  state: z.enum(['enabled', 'disabled']).nullable().catch(null),
  sort: z.enum(['name', 'email', 'created', 'active']).catch('name'),
  order: z.enum(['asc', 'desc']).nullable().catch(null),
})
