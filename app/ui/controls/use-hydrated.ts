import { useSyncExternalStore } from 'react'

/**
 * False on the server and for the first render in the browser, true from then on. Whatever needs
 * JavaScript is offered only when this is true, so that a page without it shows no dead control.
 */
export function useHydrated() {
  return useSyncExternalStore(subscribeToNothing, inBrowser, onServer)
}

/**
 * Classes of what is offered only when this is true and takes up room: that is kept for it until then, so
 * that nothing moves when the scripts come, and is not where there are none.
 */
export const UNTIL_HYDRATED = 'invisible noscript:hidden'

const subscribeToNothing = () => () => {}
const inBrowser = () => true
const onServer = () => false
