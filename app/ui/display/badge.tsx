import type { ReactNode } from 'react'
import { classes } from './classes'

const tones = {
  accent: 'bg-accent-soft text-accent',
  neutral: 'bg-sunken text-soft',
  danger: 'bg-danger-soft text-danger',
  warning: 'bg-warning-soft text-warning',
}

/** A short word about a thing: "This session", "Administrator", "Disabled". */
export function Badge({
  tone = 'accent',
  children,
}: {
  tone?: keyof typeof tones
  children: ReactNode
}) {
  return (
    <span
      className={classes(
        'inline-block rounded-full px-2 py-px align-middle text-xs leading-5 font-semibold whitespace-nowrap',
        tones[tone],
      )}
    >
      {children}
    </span>
  )
}
