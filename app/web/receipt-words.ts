import type { Receipt } from '~/accounts/revocations'

/** What ending sessions did, for the person who did it. */
export function receiptMessage({ sessions, tabs, milliseconds }: Receipt, noun = 'other session') {
  if (sessions === 0) return { title: 'There was nothing left to sign out of.' }
  const told = tabs === 0 ? '' : `; ${tabs} open ${tabs === 1 ? 'tab was' : 'tabs were'} notified`
  return {
    title: `Signed out of ${sessions} ${noun}${sessions === 1 ? '' : 's'}${told}`,
    detail: `Recorded and in force everywhere within ${Math.max(1, milliseconds)} ms`,
  }
}
