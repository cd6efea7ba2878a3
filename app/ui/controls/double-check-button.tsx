import { SubmitButton } from './submit-button'
import type { ButtonProps } from './button'
import { classes } from '../display/classes'
import { useDoubleCheck } from './use-double-check'

/**
 * A submit button that asks "Are you sure?" on the first press and submits on the second. Both
 * labels share one space, so nothing moves under the pointer. Without JavaScript one press submits:
 * the page behind it has to ask, where that matters.
 */
export function DoubleCheckButton({
  label,
  armedLabel = 'Are you sure?',
  of,
  tone = 'danger',
  ...rest
}: Omit<ButtonProps, 'children'> & {
  label: string
  armedLabel?: string
  /** What it acts on, for screen readers, where several buttons look the same. */
  of?: string
  pendingWhen?: Record<string, string>
}) {
  const { armed, getButtonProps } = useDoubleCheck(label)
  return (
    <>
      <SubmitButton tone={tone} {...getButtonProps(rest)}>
        <span className="grid">
          <span className={classes('col-start-1 row-start-1', armed && 'invisible')}>{label}</span>
          <span className={classes('col-start-1 row-start-1', !armed && 'invisible')}>
            {armedLabel}
          </span>
        </span>
        {of && <span className="sr-only">{of}</span>}
      </SubmitButton>
      <span role="status" className="sr-only">
        {armed ? `${armedLabel} Press again to confirm, Escape to cancel.` : ''}
      </span>
    </>
  )
}
