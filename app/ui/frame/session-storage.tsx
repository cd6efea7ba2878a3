import { useNonce } from './page-context'

/**
 * Remix keeps scroll positions, and which version of itself it last loaded, in the session storage
 * and does not expect that to fail. Where it does, because the person blocks cookies, the browser
 * has none, or it is full, every navigation would end in an error page. So an inline script that
 * runs before Remix's puts something in its place that lasts as long as the page.
 */
export function SessionStorageStandIn() {
  const nonce = useNonce()
  return (
    <script
      nonce={nonce}
      // Browsers hide the nonce from scripts, and the server's build may spell the function otherwise.
      suppressHydrationWarning
      dangerouslySetInnerHTML={{ __html: `(${String(standInForSessionStorage)})()` }}
    />
  )
}

/** Sent to the browser as text: it may use nothing from outside itself. */
function standInForSessionStorage() {
  try {
    window.sessionStorage.setItem('latchkey', '')
    window.sessionStorage.removeItem('latchkey')
  } catch {
    const items = new Map<string, string>()
    const value: Storage = {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, text) => void items.set(key, text),
      removeItem: (key) => void items.delete(key),
      clear: () => items.clear(),
      key: (index) => [...items.keys()][index] ?? null,
      get length() {
        return items.size
      },
    }
    Object.defineProperty(window, 'sessionStorage', { value, configurable: true })
  }
}
