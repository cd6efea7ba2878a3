import { Form } from '@remix-run/react'
import { SubmitButton } from '../controls/form'
import { RelativeTime } from '../display/relative-time'

export type OlderAccessItem = {
  kind: 'api-token' | 'passkey'
  id: string
  name: string
  createdAt: Date | string
}

const KINDS = { 'api-token': 'API token', passkey: 'Passkey' }

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
        <li key={id} className="flex items-center gap-3 px-4 py-3">
          <div className="min-w-0 flex-1 wrap-anywhere">
            <p className="font-medium">{name}</p>
            <p className="text-sm text-soft">
              {KINDS[kind]}, made <RelativeTime at={createdAt} />
            </p>
          </div>
          <Form method="post" action={action}>
            <input type="hidden" name="kind" value={kind} />
            <input type="hidden" name="id" value={id} />
            <SubmitButton size="small" name="intent" value="remove-older" pendingWhen={{ id }}>
              Remove<span className="sr-only"> {name}</span>
            </SubmitButton>
          </Form>
        </li>
      ))}
    </ul>
  )
}
