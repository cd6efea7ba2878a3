import { Form } from '@remix-run/react'
import type { ReactNode } from 'react'
import { Confirmation, type Question } from './confirmation'
import { FormToken, usePageContext } from './page-context'
import { SignedInFrame, type FrameViewer, type Nav } from './page-frame'
import { SubmitButton } from '../controls/form'
import { useLastAnswer } from '../controls/use-form-answer'

const NAV: Nav = {
  account: [
    { to: '/profile', label: 'Profile' },
    {
      to: '/profile/security',
      label: 'Sign-in and security',
      also: ['/profile/password', '/profile/passkeys'],
    },
    { to: '/profile/tokens', label: 'API tokens' },
    { to: '/profile/activity', label: 'Activity' },
  ],
  administration: [
    { to: '/admin/users', label: 'Users' },
    { to: '/admin/groups', label: 'Groups' },
    { to: '/admin/applications', label: 'Applications' },
    { to: '/admin/mail', label: 'Mail' },
    { to: '/admin/audit', label: 'Audit log' },
  ],
}

const APPS = { to: '/apps', label: 'Apps' }

const navFor = ({ hasApps }: FrameViewer): Nav =>
  hasApps ? { ...NAV, account: [APPS, ...NAV.account] } : NAV

/**
 * A page of a signed-in person: the frame, its links, and the way out. Where the page's action
 * answers with a question instead of doing what was asked of it, the question is the page.
 */
export function AccountPage(props: { title: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const page = usePageContext()
  const question = useLastAnswer<{ question?: Question }>()?.question
  if (!page) return null
  const content = question
    ? { title: question.title, children: <Confirmation question={question} /> }
    : props
  return (
    <SignedInFrame
      {...content}
      viewer={page.viewer}
      nav={navFor(page.viewer)}
      signOut={<SignOut />}
    />
  )
}

/** A whole page load, so that nothing of the account stays in the browser's memory. */
export function SignOut() {
  return (
    <Form method="post" action="/logout" reloadDocument>
      <FormToken />
      <SubmitButton
        size="small"
        pendingWhen={{ intent: 'sign-out' }}
        name="intent"
        value="sign-out"
      >
        Sign out
      </SubmitButton>
    </Form>
  )
}
