import { redirect } from '@remix-run/node'

/**
 * Where password managers send people to change their password here
 * (https://w3c.github.io/webappsec-change-password-url/).
 */
export const loader = () => redirect('/profile/password')

/** Never shown; with it, what goes wrong here is answered by a page too. */
export default function ChangePassword() {
  return null
}
