import { useNavigation, useRevalidator } from '@remix-run/react'
import { useEffect, useRef, useState } from 'react'
import { seconds } from '~/accounts/time'
import { markAsBackground } from './background-requests'

/** The mark of a refresh is taken back by then, whatever became of it. */
const LONGEST_REFRESH = seconds(5)
/** A server that cannot answer is asked again after so long. */
const RETRY_AFTER = seconds(5)

/**
 * Refreshes the page's data in a way that does not count as activity. While the page is loading
 * already, by whatever a person did, it waits: a refresh in between would give that answer up. It also waits
 * for a server that cannot answer: Remix would show its error in the place of the page, and of what somebody
 * is typing there.
 */
export function useBackgroundRefresh(isReady: () => Promise<boolean>) {
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

/** What was given at the last rendering, for what is called later. */
export function useLatest<T>(value: T) {
  const ref = useRef(value)
  useEffect(() => {
    ref.current = value
  })
  return ref
}
