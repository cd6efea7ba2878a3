import { PAGES } from './links'
import { momentInWords, type Message } from './message'
import type { Letterhead } from './messages'

/** What mails say about what administrators do with an account. */

const accountDisabled = ({ siteName, at }: Letterhead): Message => ({
  subject: `Your account at ${siteName} was disabled`,
  paragraphs: [
    `An administrator disabled your account at ${siteName}. You are signed out everywhere, and cannot sign in.`,
  ],
  facts: [['Disabled', momentInWords(at)]],
  notes: ['If you think that this is wrong, ask an administrator. Nothing was deleted.'],
})

const accountEnabled = ({ pageUrl, siteName, at }: Letterhead): Message => ({
  subject: `Your account at ${siteName} was enabled`,
  paragraphs: [`An administrator enabled your account at ${siteName}. You can sign in again.`],
  facts: [['Enabled', momentInWords(at)]],
  action: { label: 'Sign in', url: pageUrl(PAGES.signIn) },
})

const accountDeleted = ({
  siteName,
  at,
  byAdministrator,
}: Letterhead & { byAdministrator: boolean }): Message => {
  const went = 'with its password, sessions and API tokens'
  return {
    subject: `Your account at ${siteName} was deleted`,
    paragraphs: [
      byAdministrator
        ? `An administrator deleted your account at ${siteName}, ${went}.`
        : `The account of this address at ${siteName} is gone, ${went}.`,
    ],
    facts: [['Deleted', momentInWords(at)]],
    notes: [
      byAdministrator
        ? 'If you think that this is wrong, ask an administrator for a new account. This one cannot be brought back.'
        : 'It was not you? Tell an administrator. It cannot be brought back.',
    ],
  }
}

const roleChanged = ({
  pageUrl,
  siteName,
  at,
  role,
}: Letterhead & { role: 'user' | 'admin' }): Message => ({
  subject:
    role === 'admin'
      ? `You are an administrator of ${siteName} now`
      : `You are no longer an administrator of ${siteName}`,
  paragraphs: [
    role === 'admin'
      ? `You can now manage people, groups and applications at ${siteName}.`
      : `You no longer manage people, groups and applications at ${siteName}. Your own account is as it was.`,
  ],
  facts: [['Changed', momentInWords(at)]],
  notes: [
    `You did not expect this? Tell another administrator. Your own account is safer with a second factor: ${pageUrl(PAGES.security)}`,
  ],
})

export const accountMessages = { accountDisabled, accountEnabled, accountDeleted, roleChanged }
