import { z } from 'zod'
import { namedText, typedNameOrNone } from '../text'
import { MAX_SESSIONS_PER_USER } from './policy'

/** Ids are looked up among the person's own sessions, so what is no id at all just finds nothing. */
export const chosenSessionsSchema = z.object({
  sessionId: z
    .array(namedText('The session'))
    .min(1, 'Tick the sessions that you want to sign out of')
    .max(MAX_SESSIONS_PER_USER, 'These are more sessions than you can have'),
})

const LABEL_MAX_LENGTH = 60

/** Nothing as the name takes it away. */
export const nameSessionSchema = z.object({
  sessionId: namedText('The session'),
  label: typedNameOrNone(LABEL_MAX_LENGTH, 'The name', 'Enter a name, or nothing'),
})
