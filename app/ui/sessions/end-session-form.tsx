import { Form } from '@remix-run/react'
import { FormToken } from '../frame/page-context'
import { sessionName, type ListedSession } from './sessions-list'
import { SubmitButton } from '../controls/submit-button'

/** Ends one session of the list that it stands in. */
export function EndSessionForm({ session }: { session: ListedSession }) {
  return (
    <Form method="post">
      <FormToken />
      <input type="hidden" name="sessionId" value={session.id} />
      <SubmitButton
        size="small"
        name="intent"
        value="sign-out-of-session"
        pendingWhen={{ sessionId: session.id }}
      >
        Sign out<span className="sr-only"> of {sessionName(session)}</span>
      </SubmitButton>
    </Form>
  )
}
