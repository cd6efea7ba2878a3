import { Form } from '@remix-run/react'
import { DoubleCheckButton } from './double-check-button'
import { FormToken } from './page-context'
import { sessionName, SessionsList, type ListedSession } from './sessions-list'
import { SubmitButton } from './submit-button'

/** Another person's sessions, as an administrator sees and ends them. */
export function AdministeredSessions({ sessions }: { sessions: readonly ListedSession[] }) {
  return (
    <SessionsList
      sessions={sessions}
      heading="Sessions"
      description="Each line is one browser or app in which this person is signed in."
      endOthers={<EndAll count={sessions.length} />}
      renderAction={(session) => <EndOne session={session} />}
    />
  )
}

function EndAll({ count }: { count: number }) {
  return (
    <Form method="post">
      <FormToken />
      <DoubleCheckButton
        label={count === 1 ? 'Sign out of this session' : `Sign out of all ${count} sessions`}
        name="intent"
        value="sign-out-of-sessions"
      />
    </Form>
  )
}

function EndOne({ session }: { session: ListedSession }) {
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
