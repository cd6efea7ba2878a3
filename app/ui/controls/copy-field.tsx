import { Check, Copy } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { Button } from './button'
import { classes } from '../display/classes'
import { controlLook, FieldLabel } from './field'
import { describe, FieldHint } from './field-messages'
import { useHydrated } from './use-hydrated'

type Told = 'nothing' | 'copied' | 'selected'

const TOLD_FOR_MS = 4_000

/**
 * A value to take away, such as a new token or link, with a button that copies it. It takes the
 * focus: the form that made it may stand far down the page, where nobody would see it.
 */
export function CopyField({
  label,
  value,
  hint,
}: {
  label: ReactNode
  value: string
  hint?: ReactNode
}) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const hydrated = useHydrated()
  const [told, setTold] = useState<Told>('nothing')
  const { hintId, attributes } = describe({ id, hint })

  useEffect(() => input.current?.focus(), [value])

  useEffect(() => {
    if (told === 'nothing') return
    const timer = setTimeout(() => setTold('nothing'), TOLD_FOR_MS)
    return () => clearTimeout(timer)
  }, [told])

  async function copy() {
    input.current?.select()
    setTold((await toClipboard(value)) ? 'copied' : 'selected')
  }

  return (
    <div>
      <FieldLabel htmlFor={id}>{label}</FieldLabel>
      <div className="flex gap-2">
        <input
          {...attributes}
          ref={input}
          id={id}
          readOnly
          value={value}
          autoComplete="off"
          spellCheck={false}
          onFocus={(event) => event.currentTarget.select()}
          className={classes(controlLook, 'min-w-0 flex-1 font-mono text-sm')}
        />
        <Button
          type="button"
          onClick={() => void copy()}
          icon={told === 'copied' ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
          className={classes(!hydrated && 'invisible')}
        >
          Copy
        </Button>
      </div>
      <p role="status" className={told === 'selected' ? 'mt-1.5 text-sm text-soft' : 'sr-only'}>
        {words[told]}
      </p>
      <FieldHint id={hintId}>{hint}</FieldHint>
    </div>
  )
}

const words: Record<Told, string> = {
  nothing: '',
  copied: 'Copied.',
  selected: 'It is selected now: press Ctrl+C or ⌘C to copy it.',
}

/** Browsers offer the clipboard on https and localhost only; elsewhere the old command may work. */
async function toClipboard(value: string) {
  try {
    await navigator.clipboard.writeText(value)
    return true
  } catch {
    return document.execCommand('copy')
  }
}
