import { accountMessages } from './account-messages'
import { factorMessages } from './factor-messages'
import { PAGES } from './links'
import { dayInWords, momentInWords, type Message } from './message'

/** What every message may speak of. */
export type Letterhead = {
  /** When what it tells about happened. */
  at: Date
  /** The address of a page of ours. */
  pageUrl: (page: string) => string
  /** What people call us. */
  siteName: string
}

type WithLink = Letterhead & { link: string }

/*
 * What mails say. None repeats a name that somebody could have chosen to make a stranger read it: who
 * asks for a mail to any address has not shown that it is theirs.
 */

/** To somebody whom an administrator added, or whose password they want chosen anew. */
export const invitation = ({
  link,
  siteName,
  name,
  isNew,
  isFactorDemanded,
}: WithLink & { name: string; isNew: boolean; isFactorDemanded: boolean }): Message =>
  !isNew
    ? {
        subject: `Choose a new password for ${siteName}`,
        paragraphs: [
          `Hello ${name},`,
          `An administrator of ${siteName} sent you this link, with which you choose a new password.`,
        ],
        action: { label: 'Choose a password', url: link },
        notes: [
          'The link works once, within 24 hours. Your password stays as it is until you use it.',
        ],
      }
    : {
        subject: `Your account at ${siteName}`,
        paragraphs: [
          `Hello ${name},`,
          `An administrator made an account for you at ${siteName}. ${
            isFactorDemanded
              ? 'Choose a password, then set up a second factor, such as an app on your phone: it is needed to sign in.'
              : 'Choose a password, and you are in.'
          }`,
        ],
        action: { label: 'Choose a password', url: link },
        notes: ['The link works once, within 24 hours. After that, ask for another one.'],
      }

export const forgottenPassword = ({ link, siteName, at }: WithLink): Message => ({
  subject: `Choose a new password for ${siteName}`,
  paragraphs: [
    `Somebody, most likely you, said at ${siteName} that they forgot the password of this account.`,
  ],
  facts: [['Asked for', momentInWords(at)]],
  action: { label: 'Choose a new password', url: link },
  notes: [
    'The link works once, within an hour.',
    'It was not you? Then do nothing: your password stays as it is, and whoever asked sees nothing of this.',
  ],
})

/** After "It wasn't me", or when the address was taken back. */
export const chooseNewPassword = ({ link, siteName }: WithLink): Message => ({
  subject: `Your account at ${siteName} is safe: choose a new password`,
  paragraphs: [
    `You said that a sign-in at ${siteName} was not you. You are signed out everywhere, and your old password no longer works.`,
  ],
  action: { label: 'Choose a new password', url: link },
  notes: ['The link works once, within 24 hours.'],
})

export const signUp = ({ link, siteName }: WithLink): Message => ({
  subject: `Your account at ${siteName}`,
  paragraphs: [
    `Somebody, most likely you, wants to sign up at ${siteName} with this address. Go on here to choose a name and a password.`,
  ],
  action: { label: 'Create your account', url: link },
  notes: [
    'The link works once, within 24 hours.',
    'It was not you? Then do nothing, and there will be no account.',
  ],
})

/** Only whoever reads the mailbox learns it. */
export const hasAccount = ({ pageUrl, siteName }: Letterhead): Message => ({
  subject: `You have an account at ${siteName}`,
  paragraphs: [
    `Somebody, most likely you, wanted to sign up at ${siteName} with this address. It has an account already: sign in to that one.`,
  ],
  action: { label: 'Sign in', url: pageUrl(PAGES.signIn) },
  notes: [
    `You do not know the password? Choose another one at ${pageUrl(PAGES.forgottenPassword)}`,
    'It was not you? Then do nothing. Whoever asked was not told that you have an account.',
  ],
})

export const confirmEmail = ({ link, siteName }: WithLink): Message => ({
  subject: `Confirm your new e-mail address for ${siteName}`,
  paragraphs: [`Somebody with an account at ${siteName} wants to use this address for it.`],
  action: { label: 'Confirm this address', url: link },
  notes: [
    'The link works once, within 24 hours.',
    'It was not you? Then do nothing, and the address will not be used.',
  ],
})

export const emailChanged = ({
  link,
  siteName,
  at,
  toEmail,
  until,
}: WithLink & { toEmail: string; until: Date }): Message => ({
  subject: `Your e-mail address at ${siteName} was changed`,
  paragraphs: ['Your account has another e-mail address now. Mail no longer goes to this one.'],
  facts: [
    ['New address', toEmail],
    ['Changed', momentInWords(at)],
  ],
  action: { label: 'Take it back', url: link },
  notes: [
    `It was you? Then there is nothing to do. Until ${dayInWords(until)} you can take this address back by the link; that signs you out everywhere and asks for a new password.`,
  ],
})

/** Without the new address: whoever reads this mailbox by now may be somebody else. */
export const emailChangedByAdministrator = ({ siteName, at }: Letterhead): Message => ({
  subject: `Your e-mail address at ${siteName} was changed`,
  paragraphs: [
    `An administrator gave your account at ${siteName} another e-mail address. Mail no longer goes to this one, and nobody signs in with it.`,
  ],
  facts: [['Changed', momentInWords(at)]],
  notes: ['You did not expect this? Ask an administrator.'],
})

export const passwordChanged = ({ pageUrl, siteName, at }: Letterhead): Message => ({
  subject: `Your password at ${siteName} was changed`,
  paragraphs: ['Your account has a new password.'],
  facts: [['Changed', momentInWords(at)]],
  action: { label: 'It wasn’t me', url: pageUrl(PAGES.forgottenPassword) },
  notes: [
    'It was you? Then there is nothing to do. It was not? Choose another password at once: that signs you out everywhere.',
  ],
})

type OfToken = Letterhead & { name: string }

export const tokenMade = ({ pageUrl, siteName, at, name }: OfToken): Message => ({
  subject: `A new API token was created for your account at ${siteName}`,
  paragraphs: ['Whoever has the token can act as you in what it is for.'],
  facts: [
    ['Token', name],
    ['Made', momentInWords(at)],
  ],
  action: { label: 'See your tokens', url: pageUrl(PAGES.tokens) },
  notes: [`It was not you? Revoke it there, and change your password: ${pageUrl(PAGES.password)}`],
})

export const newDevice = ({
  link,
  siteName,
  at,
  browser,
  ip,
  place,
}: WithLink & { browser: string; ip: string; place: string }): Message => ({
  subject: `New sign-in to your account at ${siteName}`,
  paragraphs: ['Somebody signed in from a browser that we had not seen with your account before.'],
  facts: [
    ['Browser', browser],
    ['From', place ? `${place} (${ip})` : ip],
    ['Signed in', momentInWords(at)],
  ],
  action: { label: 'It wasn’t me', url: link },
  notes: [
    'It was you? Then there is nothing to do. The browser’s name is what it says of itself.',
    'The link works for 30 days, and needs no sign-in.',
  ],
})

export const secondStepFailed = ({ pageUrl, siteName, at }: Letterhead): Message => ({
  subject: `Somebody knows your password at ${siteName}`,
  paragraphs: [
    'Somebody gave your password, and then failed several times at the second step. They did not get in.',
  ],
  facts: [['Last tried', momentInWords(at)]],
  action: { label: 'Change your password', url: pageUrl(PAGES.password) },
  notes: [
    'It was you? Then there is nothing to do. It was not? Change the password, also wherever else you use it.',
  ],
})

export const test = ({ pageUrl, siteName, at }: Letterhead): Message => ({
  subject: `Mail from ${siteName} works`,
  paragraphs: ['You asked for this mail, and here it is. There is nothing to do.'],
  facts: [['Asked for', momentInWords(at)]],
  action: { label: 'Back to the mails', url: pageUrl(PAGES.mail) },
})

export const { accountDisabled, accountEnabled, accountDeleted, roleChanged } = accountMessages
export const { factorAdded, factorRemoved, recoveryCodeUsed } = factorMessages
