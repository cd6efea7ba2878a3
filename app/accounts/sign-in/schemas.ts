import { z } from 'zod'
import { namedText, typedName } from '../text'
import { checkboxSchema } from '../users/schemas'

const NAME_MAX_LENGTH = 60
/** An answer with the longest attestation that a key gives unasked is a fraction of this. */
const ANSWER_MAX_LENGTH = 20_000

const base64url = z.string().regex(/^[\w-]+$/)

/** What both kinds of answers have, as a browser's script sends them (WebAuthn level 3, 5.1). */
const credential = {
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
}

const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.exactOptional(),
  }),
  clientExtensionResults: z.object({}),
})

const attestation = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z
      .array(z.string().regex(/^[\w-]{1,20}$/))
      .max(10)
      .default([]),
  }),
  clientExtensionResults: z.object({
    /** Whether the key keeps the passkey itself, so that it can be found without a name. */
    credProps: z.object({ rk: z.boolean().exactOptional() }).exactOptional(),
  }),
})

/** What a passkey says to a challenge. */
export type PasskeyAnswer = z.output<typeof assertion>
/** What is said of a passkey that was just made. */
export type NewPasskey = z.output<typeof attestation>

/** JSON in the field of a form, which only scripts of ours fill. */
const inJson = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .max(ANSWER_MAX_LENGTH)
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        context.addIssue('This is no JSON')
        return z.NEVER
      }
    })
    .pipe(schema)

export const passkeyAnswerSchema = z.object({
  passkey: inJson(assertion),
  keep: checkboxSchema,
})

/** The same as the second step of a sign-in, and in a session. */
export const passkeyStepSchema = z.object({
  passkey: inJson(assertion),
  remember: checkboxSchema,
})

/** What a passkey said, in the field of a form that is about something else; null when it is nothing. */
export const passkeyAnswerIn = (text: string): PasskeyAnswer | null =>
  inJson(assertion).safeParse(text).data ?? null

export const newPasskeySchema = z.object({ passkey: inJson(attestation) })

export const renamePasskeySchema = z.object({
  passkeyId: namedText('The passkey'),
  name: typedName(NAME_MAX_LENGTH, 'The name', 'Give the passkey a name'),
})

export const chosenPasskeySchema = z.object({ passkeyId: namedText('The passkey') })
