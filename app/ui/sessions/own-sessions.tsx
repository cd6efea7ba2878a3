import { Form } from '@remix-run/react'
import { DoubleCheckButton } from '../controls/double-check-button'
import { EndSessionForm } from './end-session-form'
import { FormToken } from '../frame/page-context'
import { SessionsList, type ListedSession } from './sessions-list'

const CHOSEN_FORM = 'chosen-sessions'

/** A person's own sessions, and the three ways to end the others: all, some ticked, one. */
export function OwnSessions({
  sessions,
  otherSessions,
}: {
  sessions: readonly ListedSession[]
  otherSessions: number
}) {
  return (
    <SessionsList
      sessions={sessions}
      description="Each line is one browser or app that can use your account. If you don’t recognise one, sign it out and change your password."
      endOthers={otherSessions > 0 && <EndOthers count={otherSessions} />}
      renderAction={(session) => <EndSessionForm session={session} />}
      activityOf={({ id }) => `/profile/activity?session=${id}`}
      disownAt={({ id }) => `/profile/not-me?session=${id}`}
      canBeNamed
      selection={{
        formId: CHOSEN_FORM,
        name: 'sessionId',
        renderAction: (count) => <EndChosen count={count} />,
      }}
    />
  )
}

function EndOthers({ count }: { count: number }) {
  return (
    <Form method="post">
      <FormToken />
      <DoubleCheckButton
        label={`Sign out of ${count} other ${count === 1 ? 'session' : 'sessions'}`}
        armedLabel={signOutOf(count)}
        name="intent"
        value="sign-out-of-sessions"
      />
    </Form>
  )
}

const signOutOf = (count: number) => `Sign out ${count} ${count === 1 ? 'session' : 'sessions'}?`

/** `count` is null where ticks cannot be counted. */
function EndChosen({ count }: { count: number | null }) {
  return (
    <Form method="post" id={CHOSEN_FORM}>
      <FormToken />
      <input type="hidden" name="from" value="chosen" />
      <DoubleCheckButton
        size="small"
        tone="default"
        label={count ? `Sign out selected (${count})` : 'Sign out selected'}
        {...(count && { armedLabel: signOutOf(count) })}
        name="intent"
        value="sign-out-of-session"
        disabled={count === 0}
        pendingWhen={{ from: 'chosen' }}
      />
    </Form>
  )
}
