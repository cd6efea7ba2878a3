import { Form } from '@remix-run/react'
import { SubmitButton } from '../controls/form'
import { RelativeTime } from '../display/relative-time'

export type OlderAccessItem = {
  kind: keyof typeof KINDS
  id: string
  /** Of what its person named. */
  name: string | null
  createdAt: Date | string
}

const KINDS = {
  'api-token': 'API token',
  passkey: 'Passkey',
  authenticator: 'Authenticator app',
  'recovery-codes': 'Recovery codes',
}

/** What is older than a disowned sign-in, each with a button that takes it away. */
export function OlderAccess({
  items,
  action,
}: {
  items: readonly OlderAccessItem[]
  action: string
}) {
  return (
    <ul className="divide-y divide-line rounded-control border border-line">
      {items.map(({ kind, id, name, createdAt }) => (
        <li key={`${kind} ${id}`} className="flex items-center gap-3 px-4 py-3">
          <div className="min-w-0 flex-1 wrap-anywhere">
            <p className="font-medium">{name ?? KINDS[kind]}</p>
            <p className="text-sm text-soft">
              {name === null ? 'Made' : `${KINDS[kind]}, made`} <RelativeTime at={createdAt} />
            </p>
          </div>
          <Form method="post" action={action}>
            <input type="hidden" name="kind" value={kind} />
            <input type="hidden" name="id" value={id} />
            <SubmitButton
              size="small"
              name="intent"
              value="remove-older"
              pendingWhen={{ kind, id }}
            >
              Remove<span className="sr-only"> {name ?? KINDS[kind]}</span>
            </SubmitButton>
          </Form>
        </li>
      ))}
    </ul>
  )
}
