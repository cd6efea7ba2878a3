import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react'
import type { ReactNode } from 'react'

type Present = { now: number; timeZone: string }

const TICK_MS = 10_000

const TimeContext = createContext<Present | null>(null)

/**
 * Tells every `RelativeTime` below what time it is. `now` comes from the server (milliseconds), so
 * the page says the same at hydration; then it ticks. The server's clock stays the reference: a
 * browser whose clock is wrong still reads "2 minutes ago".
 */
export function TimeProvider({ now, children }: { now: number; children: ReactNode }) {
  const timeZone = useSyncExternalStore(subscribeToNothing, localZone, zoneOfServer)
  const [current, setCurrent] = useState(now)

  useEffect(() => {
    const ahead = now - Date.now()
    const tick = () => setCurrent(Date.now() + ahead)
    tick()
    const timer = setInterval(tick, TICK_MS)
    return () => clearInterval(timer)
  }, [now])

  const present = useMemo(() => ({ now: current, timeZone }), [current, timeZone])
  return <TimeContext.Provider value={present}>{children}</TimeContext.Provider>
}

/** The present, in milliseconds, and the zone to speak of it in: UTC until the browser took over. */
export function usePresent() {
  const present = useContext(TimeContext)
  if (!present) throw new Error('RelativeTime needs a TimeProvider above it: put one in root.tsx')
  return present
}

const subscribeToNothing = () => () => {}
const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
const zoneOfServer = () => 'UTC'
