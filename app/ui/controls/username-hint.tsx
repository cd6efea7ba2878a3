import { usePageContext } from '../frame/page-context'

/** Tells password managers whose password a form is about. Nobody sees it and the server ignores it. */
export function UsernameHint({ email }: { email?: string }) {
  const page = usePageContext()
  return (
    <input
      type="text"
      name="username"
      autoComplete="username"
      value={email ?? page?.viewer.email ?? ''}
      readOnly
      hidden
    />
  )
}
