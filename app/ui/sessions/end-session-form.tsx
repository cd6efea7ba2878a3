import { Form } from '@remix-run/react'
import { DoubleCheckButton } from '../controls/double-check-button'
import { FormToken } from '../frame/page-context'
import { sessionName, type ListedSession } from './sessions-list'

/** Ends one session of the list that it stands in. */
export function EndSessionForm({ session }: { session: ListedSession }) {
  return (
    <Form method="post">
      <FormToken />
      <input type="hidden" name="sessionId" value={session.id} />
      <DoubleCheckButton
        size="small"
        tone="default"
        label="Sign out"
        of={`of ${sessionName(session)}`}
        name="intent"
        value="sign-out-of-session"
        pendingWhen={{ sessionId: session.id }}
      />
    </Form>
  )
}
