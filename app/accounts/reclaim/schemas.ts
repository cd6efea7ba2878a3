import { z } from 'zod'
import { looksLikeId } from '../row-id'

const idSchema = z.string().refine(looksLikeId, 'Choose something of the list')

/** Which of the older things that let somebody in is to go. */
export const olderAccessSchema = z.object({
  kind: z.enum(['api-token', 'passkey'], 'Choose something of the list'),
  id: idSchema,
})

/** Which of one's own sessions was somebody else. */
export const disownSchema = z.object({ sessionId: idSchema })
