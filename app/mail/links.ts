import type { LinkPurpose } from '~/database/types'
import { days, hours } from '~/accounts/time'

/** What a mailed link is for: the page that it opens, and for how long, in milliseconds. */
export type MailedLinkKind = { purpose: LinkPurpose; page: string; lifetime: number }

export const MAILED_LINKS = {
  invitation: { purpose: 'password', page: '/password-link', lifetime: hours(24) },
  forgottenPassword: {
    purpose: 'forgotten_password',
    page: '/password-link',
    lifetime: hours(1),
  },
  chooseNewPassword: {
    purpose: 'forgotten_password',
    page: '/password-link',
    lifetime: hours(24),
  },
  signUp: { purpose: 'sign_up', page: '/signup-link', lifetime: hours(24) },
  confirmEmail: { purpose: 'confirm_email', page: '/confirm-email', lifetime: hours(24) },
  takeBackEmail: { purpose: 'take_back_email', page: '/take-back-email', lifetime: days(7) },
  disownSignIn: { purpose: 'disown_sign_in', page: '/not-me', lifetime: days(30) },
} as const satisfies Record<string, MailedLinkKind>

/** The pages of ours that notices lead to, for whoever can still sign in. */
export const PAGES = {
  signIn: '/login',
  forgottenPassword: '/forgot-password',
  password: '/profile/password',
  tokens: '/profile/tokens',
  security: '/profile/security',
  mail: '/admin/mail',
} as const
