import { z } from 'zod'
import { looksLikeId } from '../row-id'
import { typedText } from '../text'
import { checkboxSchema } from '../users/schemas'

/** More than any proposal has; see authenticator.ts. */
const PROPOSAL_MAX_LENGTH = 200

/** Apps show it in two groups, and people type it so. */
const authenticatorCodeSchema = typedText(20, 'The code')
  .transform((text) => text.replaceAll(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'Enter the six digits that your app shows'))

const recoveryCodeSchema = typedText(60, 'The code')
  .transform((text) => text.trim())
  .pipe(z.string().min(1, 'Enter one of your recovery codes'))

export const authenticatorStepSchema = z.object({
  code: authenticatorCodeSchema,
  remember: checkboxSchema,
})

export const recoveryStepSchema = z.object({ code: recoveryCodeSchema })

export const proveFactorSchema = z.object({ code: authenticatorCodeSchema })

export const addAuthenticatorSchema = z.object({
  code: authenticatorCodeSchema,
  proposal: typedText(PROPOSAL_MAX_LENGTH, 'The key'),
})

export const chosenDevicesSchema = z.object({
  deviceId: z.array(z.string().refine(looksLikeId)).min(1, 'Choose a device').max(200),
})
