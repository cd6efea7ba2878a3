import { Link } from '@remix-run/react'
import { forwardRef } from 'react'
import type { ComponentPropsWithoutRef, MouseEvent, ReactNode } from 'react'
import { classes } from '../display/classes'
import { Spinner } from '../display/spinner'

export type ButtonTone = 'primary' | 'default' | 'quiet' | 'danger'
export type ButtonSize = 'medium' | 'small'

type Look = {
  tone?: ButtonTone | undefined
  size?: ButtonSize | undefined
  /** Fills the width of its container. */
  wide?: boolean | undefined
  /** A lucide icon element, in front of the label. */
  icon?: ReactNode
}

export type ButtonProps = Look & {
  /** Busy: shows a spinner in the same space and ignores presses, but keeps the focus. */
  pending?: boolean
} & ComponentPropsWithoutRef<'button'>

/** A button. `type` is "submit" unless told otherwise, since most of ours stand in forms. */
export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { tone, size, wide, icon, pending = false, className, children, onClick, ...rest },
  ref,
) {
  return (
    <button
      type="submit"
      {...rest}
      ref={ref}
      aria-busy={pending || undefined}
      // Not `disabled`: that would drop the focus, and with it the place of a screen reader.
      aria-disabled={pending || undefined}
      onClick={pending ? swallow : onClick}
      className={classes(look({ tone, size, wide }), className)}
    >
      <Label icon={icon} pending={pending}>
        {children}
      </Label>
    </button>
  )
})

/** A link that looks like a button, for going somewhere rather than doing something. */
export function ButtonLink({
  tone,
  size,
  wide,
  icon,
  className,
  children,
  ...rest
}: Look & ComponentPropsWithoutRef<typeof Link>) {
  return (
    <Link {...rest} className={classes(look({ tone, size, wide }), className)}>
      <Label icon={icon}>{children}</Label>
    </Link>
  )
}

function Label({
  icon,
  pending = false,
  children,
}: {
  icon?: ReactNode
  pending?: boolean
  children: ReactNode
}) {
  return (
    <>
      <span
        className={classes(
          'inline-flex items-center justify-center gap-2 [&_svg]:size-4 [&_svg]:shrink-0',
          pending && 'animate-pending-label',
        )}
      >
        {icon}
        {children}
      </span>
      {pending && (
        <span className="absolute inset-0 grid animate-pending-spinner place-items-center">
          <Spinner />
        </span>
      )}
    </>
  )
}

const tones: Record<ButtonTone, string> = {
  primary:
    'border-transparent bg-accent text-accent-ink hover:bg-accent-strong active:bg-accent-strong',
  default:
    'border-line bg-panel text-ink hover:bg-sunken active:bg-line dark:border-edge dark:bg-sunken dark:hover:bg-line',
  quiet: 'border-transparent text-soft hover:bg-sunken hover:text-ink active:bg-line',
  danger:
    'border-transparent bg-danger-soft text-danger hover:bg-danger hover:text-danger-ink data-armed:bg-danger data-armed:text-danger-ink data-armed:hover:bg-danger-strong',
}

const sizes: Record<ButtonSize, string> = {
  medium: 'min-h-10 px-4 py-1.5 pointer-coarse:min-h-11',
  small: 'min-h-9 px-3 py-1 text-sm pointer-coarse:min-h-11',
}

function look({ tone = 'default', size = 'medium', wide = false }: Look) {
  return classes(
    'relative inline-flex items-center justify-center rounded-control border text-center font-medium wrap-normal',
    'transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-55',
    tones[tone],
    sizes[size],
    wide && 'w-full',
  )
}

function swallow(event: MouseEvent) {
  event.preventDefault()
}
