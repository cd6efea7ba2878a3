import type { MailedFactor } from '~/accounts/mail'
import { PAGES } from './links'
import { momentInWords, type Message } from './message'
import type { Letterhead } from './messages'

/** What mails say about second factors. */

const inWords = (factor: MailedFactor): string => {
  switch (factor.factor) {
    case 'authenticator':
      return 'Authenticator app'
    case 'passkey':
      return `Passkey “${factor.name}”`
    case 'recovery-codes':
      return 'Recovery codes'
  }
}

/** The site's name follows. */
const SUBJECTS = {
  authenticator: ['An authenticator app was added', 'Your authenticator app was removed'],
  passkey: ['A passkey was added', 'A passkey was removed'],
  'recovery-codes': ['You have new recovery codes', 'Your recovery codes were removed'],
} as const

const notYou = ({ pageUrl }: Letterhead) =>
  `It was not you? Then somebody is in your account. Change your password: ${pageUrl(PAGES.password)}`

function factorAdded({ added, ...head }: Letterhead & { added: MailedFactor }): Message {
  return {
    subject: `${SUBJECTS[added.factor][0]} at ${head.siteName}`,
    paragraphs: ['You can use it from now on when you sign in.'],
    facts: [
      ['Added', inWords(added)],
      ['When', momentInWords(head.at)],
    ],
    action: { label: 'See how you sign in', url: head.pageUrl(PAGES.security) },
    notes: [notYou(head)],
  }
}

function factorRemoved({
  removed,
  byAdministrator,
  ...head
}: Letterhead & { removed: MailedFactor; byAdministrator: boolean }): Message {
  return {
    subject: `${SUBJECTS[removed.factor][1]} at ${head.siteName}`,
    paragraphs: [
      byAdministrator
        ? 'An administrator removed it. You are signed out everywhere, and need a link of theirs to add another one.'
        : 'It no longer signs you in.',
    ],
    facts: [
      ['Removed', inWords(removed)],
      ['When', momentInWords(head.at)],
    ],
    action: { label: 'See how you sign in', url: head.pageUrl(PAGES.security) },
    notes: [byAdministrator ? 'You did not expect this? Ask an administrator.' : notYou(head)],
  }
}

function recoveryCodeUsed({ left, ...head }: Letterhead & { left: number }): Message {
  return {
    subject: `A recovery code was used at ${head.siteName}`,
    paragraphs: [
      left === 0
        ? 'Somebody signed in with your password and your last recovery code. Make new ones.'
        : `Somebody signed in with your password and a recovery code. You have ${left} left.`,
    ],
    facts: [['Used', momentInWords(head.at)]],
    action: { label: 'See your recovery codes', url: head.pageUrl(PAGES.security) },
    notes: [notYou(head)],
  }
}

export const factorMessages = { factorAdded, factorRemoved, recoveryCodeUsed }
