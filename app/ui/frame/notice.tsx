import CircleAlert from 'lucide-react/icons/circle-alert'
import CircleCheck from 'lucide-react/icons/circle-check'
import Info from 'lucide-react/icons/info'
import TriangleAlert from 'lucide-react/icons/triangle-alert'
import type { ReactNode } from 'react'
import { classes } from '../display/classes'

export type NoticeTone = 'info' | 'success' | 'warning' | 'danger'

const looks = {
  info: { box: 'bg-sunken text-ink', icon: <Info className="text-soft" /> },
  success: { box: 'bg-accent-soft text-ink', icon: <CircleCheck className="text-accent" /> },
  warning: { box: 'bg-warning-soft text-ink', icon: <TriangleAlert className="text-warning" /> },
  danger: { box: 'bg-danger-soft text-ink', icon: <CircleAlert className="text-danger" /> },
}

/** A banner in the page. Warnings and dangers interrupt a screen reader, the others wait. */
export function Notice({
  id,
  tone = 'info',
  title,
  children,
}: {
  /** For fields that it describes. */
  id?: string
  tone?: NoticeTone
  title?: ReactNode
  children?: ReactNode
}) {
  const { box, icon } = looks[tone]
  const urgent = tone === 'warning' || tone === 'danger'
  return (
    <div
      id={id}
      role={urgent ? 'alert' : 'status'}
      className={classes('flex gap-3 rounded-control px-4 py-3 text-sm [main>&]:mb-5', box)}
    >
      <span aria-hidden="true" className="mt-px shrink-0 [&_svg]:size-4.5">
        {icon}
      </span>
      <div className="min-w-0 wrap-anywhere">
        {title && <p className="font-semibold">{title}</p>}
        {children && <div>{children}</div>}
      </div>
    </div>
  )
}
