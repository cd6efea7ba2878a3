import { useId } from 'react'
import type { ComponentPropsWithoutRef, ReactNode } from 'react'
import { classes } from '../display/classes'
import { controlLook, FieldLabel } from './field'
import { describe, FieldErrors, FieldHint } from './field-messages'
import type { FieldError } from './field-messages'

/** A field of several lines, with its label, hint and error. */
export function TextArea({
  label,
  hint,
  error,
  className,
  ...textarea
}: {
  label: ReactNode
  name: string
  hint?: ReactNode
  error?: FieldError
} & Omit<ComponentPropsWithoutRef<'textarea'>, 'name'>) {
  const controlId = useId()
  const { hintId, errorId, attributes } = describe({ id: controlId, hint, error })
  return (
    <div className={className}>
      <FieldLabel htmlFor={controlId}>{label}</FieldLabel>
      <textarea
        rows={3}
        autoComplete="off"
        spellCheck={false}
        {...textarea}
        {...attributes}
        id={controlId}
        className={classes(controlLook, 'font-mono sm:text-sm')}
      />
      <FieldErrors id={errorId} error={error} />
      <FieldHint id={hintId}>{hint}</FieldHint>
    </div>
  )
}
