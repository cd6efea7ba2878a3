import { Form } from '@remix-run/react'
import { DoubleCheckButton } from '../controls/double-check-button'
import { FormToken } from '../frame/page-context'
import { sessionName, type ListedSession } from './sessions-list'

/**
 * Ends one session of the list that it stands in. When that is the one of this browser, the answer
 * takes its cookie away, and is not to be given up for what the page hears of it meanwhile.
 */
export function EndSessionForm({ session }: { session: ListedSession }) {
  return (
    <Form method="post" reloadDocument={session.isCurrent}>
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
