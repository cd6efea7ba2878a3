import ChevronDown from 'lucide-react/icons/chevron-down'
import { useId } from 'react'
import type { ComponentPropsWithoutRef, ReactNode } from 'react'
import { classes } from '../display/classes'
import { controlLook, FieldLabel } from './field'
import { describe, FieldErrors, FieldHint } from './field-messages'
import type { FieldError } from './field-messages'

export type SelectOption = { value: string; label: string }

/** A native select with its label, hint and error. */
export function SelectField({
  label,
  options,
  hint,
  error,
  className,
  ...select
}: {
  label: ReactNode
  name: string
  options: readonly SelectOption[]
  hint?: ReactNode
  error?: FieldError
} & Omit<ComponentPropsWithoutRef<'select'>, 'name' | 'children'>) {
  const controlId = useId()
  const { hintId, errorId, attributes } = describe({ id: controlId, hint, error })
  return (
    <div className={className}>
      <FieldLabel htmlFor={controlId}>{label}</FieldLabel>
      <div className="relative">
        <select
          {...select}
          {...attributes}
          id={controlId}
          className={classes(controlLook, 'appearance-none pr-10')}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-soft"
        />
      </div>
      <FieldErrors id={errorId} error={error} />
      <FieldHint id={hintId}>{hint}</FieldHint>
    </div>
  )
}
