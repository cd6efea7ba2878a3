import { useNavigation, useRevalidator } from '@remix-run/react'
import { useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { EndReason } from '~/accounts/revocations'
import { seconds } from '~/accounts/time'
import { markAsBackground } from './background-requests'
import { watchSession } from './live-connection'

/** The mark of a refresh is taken back by then, whatever became of it. */
const LONGEST_REFRESH = seconds(5)
/** A server that cannot answer is asked again after so long. */
const RETRY_AFTER = seconds(5)

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
 * @param isReady whether the server could answer a refresh
 * @param leave called once when the session has ended and this browser has no other, to go where
 *   that is explained
 */
export function useLiveSession(
  sessionId: string | undefined,
  { isReady, leave }: { isReady: () => Promise<boolean>; leave: (reason: EndReason) => void },
): LiveSession {
  const [live, setLive] = useState<LiveSession>({ state: 'active' })
  const refresh = useBackgroundRefresh(isReady)
  const leaveLatest = useLatest(leave)

  const shown = useRef(sessionId)
  useEffect(() => {
    // The rest of the page may still be what it was for the session before.
    if (shown.current !== undefined && shown.current !== sessionId) refresh.current()
    shown.current = sessionId
    if (sessionId === undefined) return
    const stop = watchSession(sessionId, {
      onChanged: () => refresh.current(),
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

/**
 * Refreshes the page's data in a way that does not count as activity. While the page is loading
 * already, by whatever a person did, it waits: a refresh in between would give that answer up. It also waits
 * for a server that cannot answer: Remix would show its error in the place of the page, and of what somebody
 * is typing there.
 */
function useBackgroundRefresh(isReady: () => Promise<boolean>) {
  const { revalidate, state } = useRevalidator()
  const navigation = useNavigation()
  const isLoading = state !== 'idle' || navigation.state !== 'idle'
  const isWanted = useRef(false)
  /** From the call until React knows of the loading: a second call would give up what the first began. */
  const isStarting = useRef(false)
  const retry = useRef<ReturnType<typeof setTimeout>>()
  const [looks, setLooks] = useState(0)
  /** Has the effect below see whether a refresh is wanted. */
  const lookAgain = () => setLooks((before) => before + 1)
  const begin = useLatest((ready: boolean) => {
    isStarting.current = false
    // What somebody began meanwhile goes first.
    isWanted.current ||= isLoading
    if (isLoading) return
    if (!ready) {
      isWanted.current = true
      retry.current = setTimeout(lookAgain, RETRY_AFTER)
      return
    }
    isWanted.current = false
    isStarting.current = true
    markAsBackground(true)
    setTimeout(() => {
      markAsBackground(false)
      // Loading has begun and ended within one rendering, so that the effect below saw no change.
      if (isStarting.current) lookAgain()
    }, LONGEST_REFRESH)
    revalidate()
  })
  const refresh = useLatest(() => {
    clearTimeout(retry.current)
    isWanted.current = isLoading || isStarting.current
    if (isWanted.current) return
    isStarting.current = true
    void isReady().then((ready) => begin.current(ready))
  })
  useEffect(() => () => clearTimeout(retry.current), [])
  useEffect(() => {
    isStarting.current = false
    if (isLoading) return
    markAsBackground(false)
    if (isWanted.current) refresh.current()
  }, [isLoading, looks, refresh])
  return refresh
}

function useLatest<T>(value: T) {
  const ref = useRef(value)
  useEffect(() => {
    ref.current = value
  })
  return ref
}
