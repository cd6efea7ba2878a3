import Check from 'lucide-react/icons/check'
import Copy from 'lucide-react/icons/copy'
import { useEffect, useId, useRef } from 'react'
import type { ReactNode } from 'react'
import { Button } from './button'
import { classes } from '../display/classes'
import { controlLook, FieldLabel } from './field'
import { describe, FieldHint } from './field-messages'
import { useCopy } from './use-copy'
import { useHydrated } from './use-hydrated'

/**
 * A value to take away, such as a new token or link, with a button that copies it. It takes the
 * focus, unless told otherwise: the form that made it may stand far down the page, where nobody would
 * see it.
 */
export function CopyField({
  label,
  value,
  hint,
  takesFocus = true,
  wraps = false,
}: {
  label: ReactNode
  value: string
  hint?: ReactNode
  takesFocus?: boolean
  /** For what is read and typed elsewhere: all of it is in sight, in two lines where it needs them. */
  wraps?: boolean
}) {
  const id = useId()
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const Control = wraps ? 'textarea' : 'input'
  const { hintId, attributes } = describe({ id, hint })

  useEffect(() => {
    if (takesFocus) input.current?.focus()
  }, [value, takesFocus])

  return (
    <div>
      <FieldLabel htmlFor={id}>{label}</FieldLabel>
      <div className="flex flex-wrap gap-2">
        <Control
          {...attributes}
          {...(wraps && { rows: 2 })}
          ref={input}
          id={id}
          readOnly
          value={value}
          autoComplete="off"
          spellCheck={false}
          onFocus={() => input.current?.select()}
          className={classes(controlLook, 'min-w-0 flex-1 resize-none font-mono text-sm')}
        />
        <CopyButton value={value} select={() => input.current?.select()} />
      </div>
      <FieldHint id={hintId}>{hint}</FieldHint>
    </div>
  )
}

/** A text of many lines to take away, with a button that copies it. It can be scrolled in its box. */
export function CopyText({
  label,
  value,
  actions,
}: {
  label: string
  value: string
  /** Stand beside the button. */
  actions?: ReactNode
}) {
  const id = useId()
  const text = useRef<HTMLTextAreaElement>(null)
  return (
    <div>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <textarea
        ref={text}
        id={id}
        readOnly
        value={value}
        rows={16}
        wrap="off"
        autoComplete="off"
        spellCheck={false}
        className={classes(controlLook, 'resize-y py-3 font-mono text-xs leading-5 sm:text-xs')}
      />
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <CopyButton value={value} select={() => text.current?.select()} />
        {actions}
      </div>
    </div>
  )
}

/** There only where scripts run. What became of a press is read out, and shown when it is news. */
export function CopyButton({ value, select }: { value: string; select: () => void }) {
  const hydrated = useHydrated()
  const { copy, told, words } = useCopy()
  return (
    <>
      <Button
        type="button"
        onClick={() => {
          select()
          void copy(value)
        }}
        icon={told === 'copied' ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
        className={classes(!hydrated && 'invisible')}
      >
        Copy
      </Button>
      <p role="status" className={told === 'selected' ? 'basis-full text-sm text-soft' : 'sr-only'}>
        {words}
      </p>
    </>
  )
}
