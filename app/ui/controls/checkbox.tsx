import { useId } from 'react'
import type { ComponentPropsWithoutRef, ReactNode } from 'react'
import { classes } from '../display/classes'
import { describe, FieldErrors } from './field-messages'
import type { FieldError } from './field-messages'

/** A checkbox with its label; the whole line can be pressed. */
export function Checkbox({
  label,
  hint,
  error,
  blamedBy,
  className,
  ...input
}: {
  label: ReactNode
  hint?: ReactNode
  error?: FieldError
  blamedBy?: string | undefined
} & Omit<ComponentPropsWithoutRef<'input'>, 'type'>) {
  const controlId = useId()
  const { hintId, errorId, attributes } = describe({ id: controlId, hint, error, blamedBy })
  return (
    <div className={className}>
      <label
        htmlFor={controlId}
        className="flex min-h-10 items-start gap-3 py-2 pointer-coarse:min-h-11"
      >
        <BareCheckbox {...input} {...attributes} id={controlId} className="mt-0.5" />
        <span>
          {label}
          {hint != null && (
            <span id={hintId} className="block text-sm text-soft">
              {hint}
            </span>
          )}
        </span>
      </label>
      <FieldErrors id={errorId} error={error} />
    </div>
  )
}

/** The bare box, for rows that bring their own label (`aria-label` or `aria-labelledby`). */
export function BareCheckbox({
  className,
  ...input
}: Omit<ComponentPropsWithoutRef<'input'>, 'type'>) {
  return (
    <input
      {...input}
      type="checkbox"
      className={classes('size-4.5 shrink-0 accent-accent', className)}
    />
  )
}
