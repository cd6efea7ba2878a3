import type { ReactNode } from 'react'

/** How many a search found, above the list of them. Said again to screen readers when it changes. */
export function MatchCount({ children }: { children: ReactNode }) {
  return (
    <p aria-live="polite" className="px-4 pb-3 text-sm text-soft empty:hidden sm:px-5">
      {children}
    </p>
  )
}
