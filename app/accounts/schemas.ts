import { z } from 'zod'
import { looksLikeId } from './row-id'

/** Which mails are listed. Anything unknown in the URL means all of them. */
export const mailListSchema = z.object({
  state: z.enum(['waiting', 'sent', 'given_up']).nullable().catch(null).default(null),
})

export const chosenMailSchema = z.object({ mailId: z.string().refine(looksLikeId) })
