import { useId } from 'react'
import type { ComponentPropsWithoutRef, ReactNode } from 'react'
import { classes } from '../display/classes'
import { describe, FieldErrors, FieldHint } from './field-messages'
import type { FieldError } from './field-messages'

export type FieldProps = {
  label: ReactNode
  name: string
  /** Said under the control and read out with it. */
  hint?: ReactNode
  error?: FieldError
  /** The id of a notice that says what is wrong with this field among others. */
  blamedBy?: string | undefined
  /** Stands after the label, at the right: a link such as "Forgot it?". */
  aside?: ReactNode
} & Omit<ComponentPropsWithoutRef<'input'>, 'name' | 'id'>

/** A label, an input, its hint and its error, wired together for screen readers. */
export function Field({ label, hint, error, blamedBy, aside, className, ...input }: FieldProps) {
  const controlId = useId()
  const { hintId, errorId, attributes } = describe({ id: controlId, hint, error, blamedBy })
  return (
    <div className={classes('relative', className)}>
      <FieldLabel htmlFor={controlId}>{label}</FieldLabel>
      <input type="text" {...input} {...attributes} id={controlId} className={controlLook} />
      <FieldErrors id={errorId} error={error} />
      <FieldHint id={hintId}>{hint}</FieldHint>
      <FieldAside>{aside}</FieldAside>
    </div>
  )
}

/** The line above a control. */
export function FieldLabel({ htmlFor, children }: { htmlFor: string; children: ReactNode }) {
  return (
    <label htmlFor={htmlFor} className="mb-1.5 block w-fit font-medium">
      {children}
    </label>
  )
}

/** Stands beside the label but comes last, so that Tab leads from one control to the next. */
export function FieldAside({ children }: { children?: ReactNode }) {
  if (!children) return null
  return <div className="absolute top-0 right-0 text-sm leading-6">{children}</div>
}

/** The box of a text control. 16 px on phones: below that, iOS zooms the page in on focus. */
export const controlLook = classes(
  'block min-h-10 w-full rounded-control border border-edge bg-panel px-3 py-1.5 text-base text-ink',
  'placeholder:text-soft hover:border-soft sm:text-[0.9375rem] pointer-coarse:min-h-11',
  'focus-visible:border-accent focus-visible:outline-offset-0',
  'aria-invalid:border-danger aria-invalid:focus-visible:outline-danger',
  '[&[readonly]]:bg-sunken disabled:cursor-not-allowed disabled:bg-sunken disabled:opacity-60',
)
