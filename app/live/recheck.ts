import type { Logger } from 'pino'
import type { EndReason } from '~/accounts/revocations'
import type { Sessions } from '~/accounts/sessions/sessions'
import { CLOSE } from './messages'
import type { Tab } from './tabs'

/** Which of these sign-ins at applications go on. */
export type StillSignedIn = (
  applicationSessionIds: readonly string[],
) => Promise<ReadonlySet<string>>

/** Asks the database about open tabs whose session may have ended, all of them in one query. */
export function createRecheck({
  sessions,
  stillSignedIn,
  signOut,
  log,
}: {
  sessions: Pick<Sessions, 'stillActive'>
  stillSignedIn: StillSignedIn
  signOut: (tab: Tab, reason: EndReason) => void
  log: Logger
}) {
  return async function recheck(suspects: readonly Tab[], reason: EndReason): Promise<void> {
    try {
      const signIns = suspects.flatMap((tab) => tab.applicationSessionId ?? [])
      const [active, signedIn] = await Promise.all([
        sessions.stillActive([...new Set(suspects.map((tab) => tab.sessionId))]),
        signIns.length > 0 ? stillSignedIn([...new Set(signIns)]) : NONE,
      ])
      for (const tab of suspects) {
        const signIn = tab.applicationSessionId
        const expiresAt = active.get(tab.sessionId)
        if (expiresAt === undefined || (signIn !== null && !signedIn.has(signIn))) {
          signOut(tab, reason)
        } else tab.expiresAt = expiresAt.getTime()
      }
    } catch (error) {
      log.error({ err: error }, 'open tabs could not be checked')
      for (const tab of suspects) tab.close(CLOSE.goingAway)
    }
  }
}

const NONE: ReadonlySet<string> = new Set()
