import { useSyncExternalStore } from 'react'

/**
 * False on the server and for the first render in the browser, true from then on. Whatever needs
 * JavaScript is offered only when this is true, so that a page without it shows no dead control.
 */
export function useHydrated() {
  return useSyncExternalStore(subscribeToNothing, inBrowser, onServer)
}

const subscribeToNothing = () => () => {}
const inBrowser = () => true
const onServer = () => false
