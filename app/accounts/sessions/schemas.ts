import { z } from 'zod'
import { namedText } from '../text'
import { MAX_SESSIONS_PER_USER } from './policy'

/** Ids are looked up among the person's own sessions, so what is no id at all just finds nothing. */
export const chosenSessionsSchema = z.object({
  sessionId: z
    .array(namedText('The session'))
    .min(1, 'Tick the sessions that you want to sign out of')
    .max(MAX_SESSIONS_PER_USER, 'These are more sessions than you can have'),
})
