import type { Receipt } from '~/accounts/revocations'

/** "3 other sessions", "1 other session". */
export const otherSessions = (count: number): string =>
  `${count} other ${count === 1 ? 'session' : 'sessions'}`

/** What ending other sessions did, for the person who did it. */
export function receiptMessage({ sessions, tabs, milliseconds }: Receipt) {
  if (sessions === 0) return { title: 'There was nothing left to sign out of.' }
  const told = tabs === 0 ? '' : `; ${tabs} open ${tabs === 1 ? 'tab was' : 'tabs were'} notified`
  return {
    title: `Signed out of ${otherSessions(sessions)}${told}`,
    detail: `Recorded and in force everywhere within ${Math.max(1, milliseconds)} ms`,
  }
}
