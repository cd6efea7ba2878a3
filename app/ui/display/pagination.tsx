import ChevronLeft from 'lucide-react/icons/chevron-left'
import ChevronRight from 'lucide-react/icons/chevron-right'
import type { ReactNode } from 'react'
import { ButtonLink } from '../controls/button'

/** Links to the neighbouring pages of a list. Leave one out where there is no such page. */
export function Pagination({
  newer,
  older,
  newerLabel = 'Newer',
  olderLabel = 'Older',
  children,
}: {
  /** Where the link leads: "?before=…". */
  newer?: string | null
  older?: string | null
  newerLabel?: string
  olderLabel?: string
  /** Stands between the links: "1 to 50". */
  children?: ReactNode
}) {
  if (!newer && !older) return null
  return (
    <nav
      aria-label="Pages"
      className="flex items-center justify-between gap-3 border-t border-line px-4 py-3 sm:px-5 text-sm text-soft"
    >
      <span className="flex-1">
        {newer && (
          <ButtonLink to={newer} size="small" icon={<ChevronLeft aria-hidden="true" />}>
            {newerLabel}
          </ButtonLink>
        )}
      </span>
      {children && <span>{children}</span>}
      <span className="flex flex-1 justify-end">
        {older && (
          <ButtonLink to={older} size="small">
            {olderLabel}
            <ChevronRight aria-hidden="true" />
          </ButtonLink>
        )}
      </span>
    </nav>
  )
}

/** How many a search found, above the list of them. Said again to screen readers when it changes. */
export function MatchCount({ children }: { children: ReactNode }) {
  return (
    <p aria-live="polite" className="px-4 pb-3 text-sm text-soft empty:hidden sm:px-5">
      {children}
    </p>
  )
}
