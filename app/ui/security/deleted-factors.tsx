import Fingerprint from 'lucide-react/icons/fingerprint-pattern'
import LifeBuoy from 'lucide-react/icons/life-buoy'
import Smartphone from 'lucide-react/icons/smartphone'
import type { PreviewItem } from '../display/preview-list'

/** What somebody could prove who they are with, as it goes with their account. */
export function deletedFactors({
  passkeys,
  authenticator,
  recoveryCodes,
}: {
  passkeys: number
  authenticator: boolean
  recoveryCodes: number
}): PreviewItem[] {
  return [
    ...counted(passkeys, 'passkey', <Fingerprint />),
    ...counted(authenticator ? 1 : 0, 'authenticator app', <Smartphone />),
    ...counted(recoveryCodes, 'recovery code', <LifeBuoy />),
  ]
}

/** Of none, nothing is said. */
const counted = (count: number, noun: string, icon: PreviewItem['icon']): PreviewItem[] =>
  count === 0 ? [] : [{ icon, label: `${count} ${noun}${count === 1 ? '' : 's'}` }]
