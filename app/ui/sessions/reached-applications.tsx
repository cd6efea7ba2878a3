import { Form } from '@remix-run/react'
import { DoubleCheckButton } from '../controls/double-check-button'
import { AppLetter } from '../display/app-letter'
import { classes } from '../display/classes'
import { RelativeTime } from '../display/relative-time'
import { FormToken } from '../frame/page-context'

type Moment = string | number | Date

export type ReachedApplication = {
  /** Of the sign-in there. */
  id: string
  applicationId: string
  name: string
  createdAt: Moment
  lastUsedAt: Moment
}

/** The applications that a session is signed in to, each with its own way out unless they are only shown. */
export function ReachedApplications({
  applications,
  of,
  onlyShown,
  className,
}: {
  applications: readonly ReachedApplication[]
  /** The session, in words. */
  of: string
  onlyShown: boolean
  /** Where it begins. */
  className: string
}) {
  return (
    <ul
      aria-label={`Applications that ${of} reached`}
      className={classes('mt-3 grid gap-2', className)}
    >
      {applications.map((application) => (
        <li
          key={application.id}
          className="flex items-center gap-3 rounded-control bg-sunken py-2 pr-2 pl-3"
        >
          <AppLetter
            id={application.applicationId}
            name={application.name}
            className="size-7 rounded-md text-sm"
          />
          <div className="min-w-0 flex-1">
            <p className="font-medium wrap-anywhere">{application.name}</p>
            <p className="text-[0.8438rem] text-soft">
              used <RelativeTime at={application.lastUsedAt} />, first{' '}
              <RelativeTime at={application.createdAt} wording="day" />
            </p>
          </div>
          {!onlyShown && <SignOutOfApplication application={application} of={of} />}
        </li>
      ))}
    </ul>
  )
}

function SignOutOfApplication({
  application: { id, name },
  of,
}: {
  application: ReachedApplication
  of: string
}) {
  return (
    <Form method="post" className="shrink-0">
      <FormToken />
      <input type="hidden" name="signInId" value={id} />
      <DoubleCheckButton
        size="small"
        tone="default"
        label="Sign out"
        of={`of ${name} in ${of}`}
        name="intent"
        value="sign-out-of-application"
        pendingWhen={{ signInId: id }}
      />
    </Form>
  )
}
