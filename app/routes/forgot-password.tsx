import type { MetaFunction } from '@remix-run/node'
import { ButtonLink } from '~/ui/controls/button'
import { AuthFrame } from '~/ui/frame/page-frame'

export const meta: MetaFunction = () => [{ title: 'Forgot your password? · Latchkey' }]

export default function ForgotPassword() {
  return (
    <AuthFrame title="Forgot your password?">
      <p>
        Ask an administrator of this Latchkey. They can give you a link with which you choose a new
        password; nobody else gets to see it, and they cannot choose one for you.
      </p>
      <ButtonLink to="/login" wide>
        Back to sign-in
      </ButtonLink>
    </AuthFrame>
  )
}
