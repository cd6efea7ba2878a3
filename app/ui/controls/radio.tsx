import { useId } from 'react'
import type { ComponentPropsWithoutRef, ReactNode } from 'react'
import { describe } from './field-messages'

/** One of several choices, with its label; the whole line can be pressed. */
export function Radio({
  label,
  hint,
  id,
  ...input
}: { label: ReactNode; hint?: ReactNode } & Omit<
  ComponentPropsWithoutRef<'input'>,
  'type' | 'className'
>) {
  const generated = useId()
  const controlId = id ?? generated
  const { hintId, attributes } = describe({ id: controlId, hint })
  return (
    <label
      htmlFor={controlId}
      className="flex min-h-10 items-start gap-3 py-2 pointer-coarse:min-h-11"
    >
      <input
        {...input}
        {...attributes}
        type="radio"
        id={controlId}
        className="mt-0.5 size-4.5 shrink-0 accent-accent"
      />
      <span>
        {label}
        {hint != null && (
          <span id={hintId} className="block text-sm text-soft">
            {hint}
          </span>
        )}
      </span>
    </label>
  )
}
