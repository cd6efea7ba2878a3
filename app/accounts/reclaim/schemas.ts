import { z } from 'zod'
import { looksLikeId } from '../row-id'
import { OLDER_KINDS } from './older-access'

const idSchema = z.string().refine(looksLikeId, 'Choose something of the list')

/** Which of the older things that let somebody in is to go. */
export const olderAccessSchema = z.object({
  kind: z.enum(OLDER_KINDS, 'Choose something of the list'),
  id: idSchema,
})

/** Which of one's own sessions was somebody else. */
export const disownSchema = z.object({ sessionId: idSchema })
