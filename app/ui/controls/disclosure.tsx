import ChevronDown from 'lucide-react/icons/chevron-down'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { classes } from '../display/classes'

/** What is seldom wanted, folded behind a line of text; it opens without scripts. */
export function Disclosure({
  label,
  open = false,
  className,
  children,
}: {
  label: ReactNode
  /** Opens it. It does not close by itself: the focus may be in it. */
  open?: boolean
  className?: string
  children: ReactNode
}) {
  const [wasOpened, setWasOpened] = useState(open)
  if (open && !wasOpened) setWasOpened(true)
  return (
    <details open={wasOpened || undefined} className={classes('group/disclosure', className)}>
      <summary className="flex min-h-7 w-fit list-none items-center gap-1 rounded-sm text-soft hover:text-ink pointer-coarse:min-h-11 [&::-webkit-details-marker]:hidden">
        {label}
        <ChevronDown aria-hidden="true" className="size-4 group-open/disclosure:rotate-180" />
      </summary>
      {children}
    </details>
  )
}
