import { Form } from '@remix-run/react'
import { DoubleCheckButton } from '../controls/double-check-button'
import { EndSessionForm } from './end-session-form'
import { FormToken } from '../frame/page-context'
import { SessionsList, type ListedSession } from './sessions-list'

/** Another person's sessions, as an administrator sees and ends them. */
export function AdministeredSessions({ sessions }: { sessions: readonly ListedSession[] }) {
  return (
    <SessionsList
      sessions={sessions}
      heading="Sessions"
      description="Each line is one browser or app in which this person is signed in."
      // Of a single one its own button does the same.
      endOthers={sessions.length > 1 && <EndAll sessions={sessions} />}
      renderAction={(session) => <EndSessionForm session={session} />}
      activityOf={({ id }) => `/admin/audit?session=${id}`}
      onlyShowsApplications
    />
  )
}

/** Where the session of this browser is among them, the page leaves for the answer, which takes its cookie. */
function EndAll({ sessions }: { sessions: readonly ListedSession[] }) {
  const count = sessions.length
  return (
    <Form method="post" reloadDocument={sessions.some(({ isCurrent }) => isCurrent)}>
      <FormToken />
      <DoubleCheckButton
        label={`Sign out of all ${count} sessions`}
        armedLabel={`Sign out ${count} sessions?`}
        name="intent"
        value="sign-out-of-sessions"
      />
    </Form>
  )
}
