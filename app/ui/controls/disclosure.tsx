import type { ReactNode } from 'react'
import ChevronDown from 'lucide-react/icons/chevron-down'

/** What is pressed to see more: the first child of a `details` with the class `group`. */
export function Disclosure({ children }: { children: ReactNode }) {
  return (
    <summary className="flex min-h-7 w-fit list-none items-center gap-1 rounded-sm text-soft hover:text-ink pointer-coarse:min-h-11 [&::-webkit-details-marker]:hidden">
      {children}
      <ChevronDown aria-hidden="true" className="size-4 group-open:rotate-180" />
    </summary>
  )
}
