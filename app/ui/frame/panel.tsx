import { useId } from 'react'
import type { ReactNode } from 'react'
import { classes } from '../display/classes'

/** A section of a page: heading, description, actions at the right, content below. */
export function Panel({
  heading,
  description,
  actions,
  footer,
  stickyFooter = false,
  flush = false,
  id,
  children,
}: {
  heading: ReactNode
  description?: ReactNode
  actions?: ReactNode
  footer?: ReactNode
  /** The footer stays in view while the panel is. */
  stickyFooter?: boolean
  /** The content brings its own edges: lists and tables that reach from side to side. */
  flush?: boolean
  /** An anchor to link to. */
  id?: string
  children?: ReactNode
}) {
  const headingId = useId()
  return (
    <section
      id={id}
      aria-labelledby={headingId}
      className="mb-5 rounded-panel border border-line bg-panel shadow-panel"
    >
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3 px-4 pt-4.5 pb-4 sm:px-5">
        <div className="min-w-0 flex-1 basis-64">
          <h2 id={headingId} className="text-[1.0625rem] leading-6 font-semibold tracking-tight">
            {heading}
          </h2>
          {description && (
            <p className="mt-1 max-w-[56ch] text-sm text-pretty text-soft">{description}</p>
          )}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children && <div className={classes(!flush && 'px-4 pb-5 sm:px-5')}>{children}</div>}
      {footer && (
        <div
          className={classes(
            'flex flex-wrap items-center gap-3 border-t border-line px-4 py-3.5 text-sm text-soft sm:px-5',
            stickyFooter && 'sticky bottom-0 z-10 rounded-b-panel bg-panel',
          )}
        >
          {footer}
        </div>
      )}
    </section>
  )
}
