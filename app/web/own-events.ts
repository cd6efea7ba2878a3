/**
 * An event without what belongs to somebody else: where an administrator was when they did
 * something to this person, and in which session. Who did it stays.
 */
export function withoutOthers<
  E extends { actor: { id: string } | null; ip: string | null; sessionId: string | null },
>(event: E, userId: string): E {
  const isOthers = event.actor !== null && event.actor.id !== userId
  return isOthers ? { ...event, ip: null, sessionId: null } : event
}
