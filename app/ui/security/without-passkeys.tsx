import { useHydrated } from '../controls/use-hydrated'
import { Notice } from '../frame/notice'
import { usePasskeySupport } from './use-passkeys'

/** Why somebody whose passkey is needed cannot use it here, and what helps. Says nothing where they can. */
export function WithoutPasskeys({
  offered,
  instead,
}: {
  /** Whether browsers know any at our address. */
  offered: boolean
  /** What else there is to do. */
  instead: string
}) {
  const isHydrated = useHydrated()
  const isSupported = usePasskeySupport()
  if (offered && !isHydrated) {
    return (
      <noscript>
        <Notice title="To use your passkey, allow JavaScript for this page.">{instead}</Notice>
      </noscript>
    )
  }
  if (offered && isSupported) return null
  return (
    <Notice title={offered ? 'This browser knows no passkeys.' : NOT_OFFERED}>{instead}</Notice>
  )
}

const NOT_OFFERED =
  'Browsers use passkeys only at addresses with a name and https, and this one is none.'
