import { useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { EndReason } from '~/accounts/revocations'
import { watchSession } from './live-connection'
import { useBackgroundRefresh } from './use-background-refresh'

export type LiveSession =
  | { state: 'active' }
  /** It may have ended while nobody was looking: show nothing private until that is known. */
  | { state: 'checking' }
  | { state: 'ended'; reason: EndReason }

/**
 * Keeps an open page true to its session: refreshes it when something changed, and says when to
 * blank it. The caller shows nothing private unless the state is 'active'.
 *
 * @param sessionId the session that the page shows something of; undefined for pages that show of none
 * @param leave called once when the session has ended and this browser has no other, to go where
 *   that is explained
 */
export function useLiveSession(
  sessionId: string | undefined,
  { leave }: { leave: (reason: EndReason) => void },
): LiveSession {
  const [live, setLive] = useState<LiveSession>({ state: 'active' })
  const refresh = useBackgroundRefresh()
  const leaveLatest = useLatest(leave)

  const shown = useRef(sessionId)
  useEffect(() => {
    // The rest of the page may still be what it was for the session before.
    if (shown.current !== undefined && shown.current !== sessionId) refresh()
    shown.current = sessionId
    if (sessionId === undefined) return
    const stop = watchSession(sessionId, {
      onChanged: () => refresh(),
      // At once, not when React finds time: what is private must be gone before the next picture.
      onCover: (covered) => flushSync(() => setLive({ state: covered ? 'checking' : 'active' })),
      onEnded: (reason) => flushSync(() => setLive({ state: 'ended', reason })),
      onSignedOut: (reason) => leaveLatest.current(reason),
    })
    return () => {
      stop()
      // Nobody is left who would uncover it.
      setLive((last) => (last.state === 'checking' ? { state: 'active' } : last))
    }
  }, [sessionId, refresh, leaveLatest])

  return live
}

function useLatest<T>(value: T) {
  const ref = useRef(value)
  useEffect(() => {
    ref.current = value
  })
  return ref
}
