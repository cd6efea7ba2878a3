import { Form } from '@remix-run/react'
import { ButtonLink } from '../controls/button'
import { DoubleCheckButton } from '../controls/double-check-button'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { SubmitButton } from '../controls/form'

/** Where administrators find what they may not do to themselves here. */
export function OwnAccess() {
  return (
    <Panel
      heading="This is your own account"
      description="Your password and second factors are changed in your profile, and your account is deleted there."
      actions={<ButtonLink to="/profile/security">Sign-in and security</ButtonLink>}
    />
  )
}

/** A new password link, the switch that keeps a user out, and the way to delete them. */
export function AdministeredAccess({
  user: { id, isSelf, isLastAdministrator, disabledAt, hasPassword, hasPasswordLink },
  byMail,
}: {
  user: {
    id: string
    /** Whether this is the account of the administrator who looks: what is refused then is not offered. */
    isSelf: boolean
    isLastAdministrator: boolean
    disabledAt: unknown
    hasPassword: boolean
    /** Whether one was made before that still works. */
    hasPasswordLink: boolean
  }
  /** Whether a link can be mailed. */
  byMail: boolean
}) {
  const isDisabled = disabledAt !== null
  return (
    <>
      {!isSelf && (
        <Panel
          heading="Password"
          description={
            (hasPassword
              ? 'For somebody who forgot it: a link with which they choose a new one. You never see it.'
              : 'Not chosen yet. Make a new link if the first one was lost or has expired.') +
            (hasPasswordLink
              ? ' A link that was made before still works, until you make another.'
              : '') +
            (isDisabled ? ' The account is disabled: a link works once it is enabled.' : '')
          }
          actions={
            <>
              {byMail && (
                <PasswordLinkForm
                  label="Mail a password link"
                  intent="mail-password-link"
                  replaces={hasPasswordLink}
                />
              )}
              <PasswordLinkForm
                label="New password link"
                intent="password-link"
                replaces={hasPasswordLink}
              />
            </>
          }
        />
      )}
      <Panel
        heading={isDisabled ? 'This account is disabled' : 'Disable'}
        description={
          isDisabled
            ? 'Nobody can sign in to it, and its API tokens are refused.'
            : isLastAdministrator
              ? 'The only administrator cannot be disabled. Make somebody else one first.'
              : 'Ends every session at once, refuses sign-in and API tokens, and keeps the account.'
        }
        actions={
          !isLastAdministrator && (
            <Form method="post">
              <FormToken />
              {isDisabled ? (
                <SubmitButton name="intent" value="enable">
                  Enable account
                </SubmitButton>
              ) : (
                <DoubleCheckButton label="Disable account" name="intent" value="disable" />
              )}
            </Form>
          )
        }
      />
      {!isSelf && (
        <Panel
          heading="Delete"
          description="For good, with everything that lets this person in. You see first what will be deleted."
          actions={
            <ButtonLink to={`/admin/users/${id}/delete`} tone="danger">
              Delete account…
            </ButtonLink>
          }
        />
      )}
    </>
  )
}

/** Asks twice where another link stops working by it. */
function PasswordLinkForm({
  label,
  intent,
  replaces,
}: {
  label: string
  intent: string
  replaces: boolean
}) {
  return (
    <Form method="post">
      <FormToken />
      {replaces ? (
        <DoubleCheckButton tone="default" label={label} name="intent" value={intent} />
      ) : (
        <SubmitButton name="intent" value={intent}>
          {label}
        </SubmitButton>
      )}
    </Form>
  )
}
