import { Form } from '@remix-run/react'
import Circle from 'lucide-react/icons/circle'
import CircleCheck from 'lucide-react/icons/circle-check'
import type { ReactNode } from 'react'
import { ButtonLink } from '../controls/button'
import { SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

/** What there is to do once Latchkey is set up, for who did that; what is done has a tick. */
export function NextSteps({
  steps: { mail, isMailFolder, secondFactor, application, person },
}: {
  steps: {
    mail: boolean
    /** Whether mails are written into a folder for the time being. */
    isMailFolder: boolean
    secondFactor: boolean
    application: boolean
    person: boolean
  }
}) {
  const done = [mail, secondFactor, application, person].filter(Boolean).length
  return (
    <Panel
      flush
      heading="What to do next"
      description={
        done > 0 ? `${done} of 4 done.` : 'Latchkey is set up. Four steps make it useful.'
      }
      actions={
        <Form method="post">
          <FormToken />
          <SubmitButton size="small" name="intent" value="hide-next-steps">
            Hide this
          </SubmitButton>
        </Form>
      }
    >
      <ul>
        <Step isDone={mail} title="Mail" to="/admin/mail" label="See how">
          {isMailFolder && 'Mail goes to a folder, which reaches nobody. '}Set <code>SMTP_URL</code>
          , and people get their links by mail and are told about changes to their account.
          {!isMailFolder && (
            <>
              {' '}
              To try it without a server, set <code>MAIL_FOLDER</code>.
            </>
          )}
        </Step>
        <Step
          isDone={secondFactor}
          title="A second factor"
          to="/profile/security"
          label="Add a second factor"
        >
          Your password alone then opens nothing, least of all the administration.
        </Step>
        <Step
          isDone={application}
          title="The first application"
          to="/admin/applications/new"
          label="Add an application"
        >
          Put a wiki, Grafana or something of your own behind Latchkey.
        </Step>
        <Step isDone={person} title="The first person" to="/admin/users/new" label="Create a user">
          They choose their own password, with a link.
        </Step>
      </ul>
    </Panel>
  )
}

function Step({
  isDone,
  title,
  to,
  label,
  children,
}: {
  isDone: boolean
  title: string
  to: string
  label: string
  children: ReactNode
}) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2.5 border-t border-line px-4 py-3.5 sm:px-5">
      <span aria-hidden="true" className="self-start [&_svg]:size-5">
        {isDone ? <CircleCheck className="text-accent" /> : <Circle className="text-soft" />}
      </span>
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">
          {title}
          {isDone && <span className="font-normal text-accent"> · done</span>}
        </p>
        {!isDone && <p className="max-w-[56ch] text-sm text-pretty text-soft">{children}</p>}
      </div>
      {!isDone && (
        <ButtonLink to={to} size="small" className="max-sm:ml-8">
          {label}
        </ButtonLink>
      )}
    </li>
  )
}
