import type { ReactNode } from 'react'
import { CopyField } from '../controls/copy-field'
import { FormActions, SubmitButton } from '../controls/form'
import { CodeField } from './code-field'

type Proposal = {
  signed: string
  text: string
  address: string
  qr: { path: string; size: number }
}

/** The fields by which an authenticator app is set up: the key, as picture and text, and its first code. */
export function AuthenticatorSetup({
  proposal,
  error,
  more,
}: {
  proposal: Proposal
  error: string | undefined
  /** Stands beside the button. */
  more?: ReactNode
}) {
  return (
    <div className="grid max-w-md gap-4.5">
      <input type="hidden" name="proposal" value={proposal.signed} />
      <p className="text-soft">
        Scan this with an authenticator app, or{' '}
        <a
          href={proposal.address}
          className="relative rounded-sm text-accent underline decoration-accent/40 underline-offset-3 hover:decoration-accent"
        >
          open it in an app on this device
        </a>
        .
      </p>
      <QrCode {...proposal.qr} />
      <CopyField
        label="Or type this key"
        value={proposal.text}
        hint="It is shown until the first code was right, and never again. An earlier one that was not confirmed does not count: scan this one."
        takesFocus={false}
        wraps
      />
      <CodeField error={error} hint="The six digits that the app shows." />
      <FormActions>
        <SubmitButton tone="primary" name="intent" value="add-authenticator">
          Turn on
        </SubmitButton>
        {more}
      </FormActions>
    </div>
  )
}

/** Dark on white whatever the page's colours are: cameras know no dark mode. */
const QrCode = ({ path, size }: { path: string; size: number }) => (
  <svg
    viewBox={`-4 -4 ${size + 8} ${size + 8}`}
    role="img"
    aria-label="QR code of the key"
    shapeRendering="crispEdges"
    className="size-52 rounded-control border border-line bg-white"
  >
    <path d={path} fill="#000" />
  </svg>
)
