import { useNavigation, useRevalidator } from '@remix-run/react'
import { startTransition, useCallback, useEffect, useRef, useState } from 'react'
import { expectRefresh, formsSent } from './background-requests'

type Wish = { formsBefore: number }

/**
 * Returns how to refresh the page's data, in a way that does not count as activity and that cannot fail.
 *
 * It waits while the page is loading, by whatever a person did, and until the page shows all that the router
 * knows: were the router asked sooner, it would forget the answer to a form that nobody has seen yet, such as a
 * new token. What it knows is rendered in transitions, so a transition that is begun later is rendered with
 * it or after it. A form that was sent since then may have been answered without being in that picture.
 */
export function useBackgroundRefresh(): () => void {
  const { revalidate, state } = useRevalidator()
  const navigation = useNavigation()
  const isLoading = state !== 'idle' || navigation.state !== 'idle'
  const [wish, setWish] = useState<Wish>()
  const granted = useRef<Wish>()

  const refresh = useCallback(() => {
    const formsBefore = formsSent()
    startTransition(() => setWish({ formsBefore }))
  }, [])

  useEffect(() => {
    if (isLoading || wish === granted.current) return
    if (wish?.formsBefore !== formsSent()) {
      refresh()
      return
    }
    granted.current = wish
    expectRefresh()
    revalidate()
  }, [isLoading, wish, revalidate, refresh])

  return refresh
}
