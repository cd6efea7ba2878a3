import { z } from 'zod'
import type { Notice } from '../types'

/*
 * What comes over the channel, as the migrations and channel.ts send it. Anybody who may use the
 * database can send something too: what is not understood means that anything may have been written.
 */

const id = z.string()
const ids = z.array(id)

const change = z.discriminatedUnion('type', [
  z.object({ type: z.literal('sessions-ended'), userId: id, sessionIds: ids, reason: z.string() }),
  z.object({ type: z.literal('tokens-ended'), userId: id, tokenIds: ids }),
  z.object({ type: z.literal('user-changed'), userId: id }),
  z.object({ type: z.literal('secret-replaced'), userId: id, sessionId: id }),
  z.object({ type: z.literal('session-started'), userId: id, sessionId: id }),
  z.object({ type: z.literal('access-granted'), userId: id }),
  z.object({
    type: z.literal('application-sign-ins-ended'),
    userId: id,
    applicationSessionIds: ids,
    reason: z.string(),
  }),
  z.object({ type: z.literal('application-changed'), applicationId: id }),
  z.object({ type: z.literal('group-changed'), groupId: id }),
])

const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ping'), node: id, ping: z.number() }),
  z.object({ type: z.literal('barrier') }),
  z.object({ type: z.literal('question'), id, userId: id }),
  z.object({ type: z.literal('confirmed'), id, node: id, tabs: z.number() }),
])

const sent = z.object({ transaction: id })

export function noticeFrom(payload: string): Notice {
  const fields = parsed(payload)
  const { transaction } = sent.safeParse(fields).data ?? { transaction: '' }
  const between = message.safeParse(fields)
  if (between.success) return { transaction, ...between.data }
  const announced = change.safeParse(fields)
  return { transaction, type: 'change', change: announced.data ?? { type: 'unknown' } }
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    return undefined
  }
}
