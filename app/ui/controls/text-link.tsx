import { Link } from '@remix-run/react'
import type { ComponentPropsWithoutRef } from 'react'
import { classes } from '../display/classes'

/** A link inside text. */
export function TextLink({ className, ...rest }: ComponentPropsWithoutRef<typeof Link>) {
  return (
    <Link
      {...rest}
      className={classes(
        'relative rounded-sm text-accent underline decoration-accent/40 underline-offset-3 hover:decoration-accent',
        // A finger needs more than a line of text.
        'pointer-coarse:after:absolute pointer-coarse:after:-inset-x-1 pointer-coarse:after:-inset-y-3',
        className,
      )}
    />
  )
}
