import { BACKGROUND_HEADER } from '~/web/background'

let inBackground = false

/** From now on, requests are marked as the page's own or as the person's. */
export function markAsBackground(yes: boolean) {
  inBackground = yes
}

/**
 * Lets requests that the page sends on its own say so, because the server counts what a person does
 * as activity. Remix fetches loaders with the global fetch and offers no place for a header.
 */
export function installBackgroundMark() {
  const fetch = window.fetch.bind(window)
  window.fetch = (input, init) => {
    // A form is always a person's.
    if (!inBackground || (init?.method ?? 'GET').toUpperCase() !== 'GET') return fetch(input, init)
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : []))
    headers.set(BACKGROUND_HEADER, '1')
    return fetch(input, { ...init, headers })
  }
}
