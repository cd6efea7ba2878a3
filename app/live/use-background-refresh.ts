import { useNavigation, useRevalidator } from '@remix-run/react'
import { startTransition, useCallback, useEffect, useRef, useState } from 'react'
import { expectRefresh, formsSent } from './background-requests'

type Asked = { formsBefore: number }

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
  const [asked, setAsked] = useState<Asked>()
  const begun = useRef<Asked>()

  const refresh = useCallback(() => {
    const formsBefore = formsSent()
    startTransition(() => setAsked({ formsBefore }))
  }, [])

  useEffect(() => {
    if (isLoading || asked === begun.current) return
    if (asked?.formsBefore !== formsSent()) {
      refresh()
      return
    }
    begun.current = asked
    expectRefresh()
    revalidate()
  }, [isLoading, asked, revalidate, refresh])

  return refresh
}
