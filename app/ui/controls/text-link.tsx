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

/** Several links, one after the other. */
export function TextLinks({ links }: { links: readonly { to: string; text: string }[] }) {
  return (
    <ul className="flex min-w-0 flex-wrap gap-x-4 gap-y-2">
      {links.map(({ to, text }) => (
        <li key={to} className="min-w-0 wrap-anywhere">
          <TextLink to={to}>{text}</TextLink>
        </li>
      ))}
    </ul>
  )
}
