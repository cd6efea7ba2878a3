import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal'
import type { ReactNode } from 'react'

/**
 * The filters of a list: a row beside its search where there is room, folded on a phone, where they
 * would push the list out of sight. A browser that cannot do the one without the other folds them.
 */
export function FoldedFilters({
  chosen,
  children,
}: {
  /** What is filtered by, in words; said where the filters are folded. */
  chosen: readonly string[]
  children: ReactNode
}) {
  return (
    <details className="folded-filters min-w-0 md:flex-5">
      <summary className="flex min-h-11 cursor-pointer items-center gap-2 rounded-control font-medium">
        <SlidersHorizontal aria-hidden="true" className="size-4 shrink-0 text-soft" />
        Filters
        {chosen.length > 0 && (
          <span className="min-w-0 truncate text-sm font-normal text-soft">
            {chosen.join(' · ')}
          </span>
        )}
      </summary>
      <div className="grid grid-cols-2 gap-3 pt-1 md:auto-cols-fr md:grid-flow-col md:grid-cols-none md:pt-0">
        {children}
      </div>
    </details>
  )
}
