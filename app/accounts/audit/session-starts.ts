import type { Database } from '~/database/types'

/**
 * The details of the sign-ins with which sessions began, by the ids of those sessions. The log knows them
 * of sessions that have ended as well, which is how a person finds a stranger among them.
 */
export function createSessionStarts({ database }: { database: Pick<Database, 'client'> }) {
  return async function sessionStarts(
    sessionIds: readonly string[],
    /** Whose sessions they must be, if not anybody's. */
    ofUser?: string,
  ): Promise<Map<string, Record<string, unknown>>> {
    if (sessionIds.length === 0) return new Map()
    const began = await database.client.auditEvent.findMany({
      where: {
        kind: 'session.started',
        sessionId: { in: [...new Set(sessionIds)] },
        ...(ofUser !== undefined && { subjectId: ofUser }),
      },
      select: { sessionId: true, details: true },
    })
    return new Map(
      began.map(({ sessionId, details }) => [
        sessionId ?? '',
        JSON.parse(details) as Record<string, unknown>,
      ]),
    )
  }
}

export type SessionStarts = ReturnType<typeof createSessionStarts>
