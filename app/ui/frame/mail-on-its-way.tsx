import type { ReactNode } from 'react'
import { ButtonLink } from '../controls/button'
import { useMailFolder } from './site'
import { AuthFrame } from './page-frame'

/** Said after an address was typed, whoever has it. */
export function MailOnItsWay({ children }: { children: ReactNode }) {
  const isFolder = useMailFolder()
  return (
    <AuthFrame title={isFolder ? 'No mail is sent here' : 'Look into your mailbox'}>
      <p className="wrap-anywhere">{children}</p>
      <p className="text-sm text-soft">
        {isFolder ? 'Ask an administrator: they can read that folder. ' : LOOK}
        At most three mails an hour go to one address.
      </p>
      <ButtonLink to="/login" wide>
        Back to sign-in
      </ButtonLink>
    </AuthFrame>
  )
}

const LOOK =
  'Nothing there after some minutes? Look into the spam folder, and whether the address is right. '
