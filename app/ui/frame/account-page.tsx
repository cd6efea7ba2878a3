import { Form } from '@remix-run/react'
import type { ReactNode } from 'react'
import { FormToken, usePageContext } from './page-context'
import { SignedInFrame, type Nav } from './page-frame'
import { SubmitButton } from '../controls/submit-button'

const NAV: Nav = {
  account: [
    { to: '/profile', label: 'Profile' },
    { to: '/profile/password', label: 'Password' },
    { to: '/profile/tokens', label: 'API tokens' },
    { to: '/profile/activity', label: 'Activity' },
  ],
  administration: [
    { to: '/admin/users', label: 'Users' },
    { to: '/admin/audit', label: 'Audit log' },
  ],
}

/** A page of a signed-in person: the frame, its links, and the way out. */
export function AccountPage(props: {
  title: ReactNode
  actions?: ReactNode
  wide?: boolean
  children: ReactNode
}) {
  const page = usePageContext()
  if (!page) return null
  return <SignedInFrame {...props} viewer={page.viewer} nav={NAV} signOut={<SignOut />} />
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
