import { useNavigation } from '@remix-run/react'

/**
 * A thin bar at the top of the window while Remix loads a page or sends a form. It appears after a
 * tenth of a second (in the style sheet), so quick answers do not flicker.
 */
export function ProgressBar() {
  const busy = useNavigation().state !== 'idle'
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none fixed inset-x-0 top-0 z-50 h-0.5 overflow-hidden print:hidden"
    >
      {busy && <div className="h-full origin-left animate-progress bg-accent" />}
    </div>
  )
}
