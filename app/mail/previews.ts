import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { asHtml, asText } from './layout'
import type { Message, Site } from './message'
import * as messages from './messages'
import { createTransportOf, type Letter } from './transport'

const AT = new Date('2026-11-27T09:05:00Z')
const UNTIL = new Date('2026-12-04T09:05:00Z')

/** One of each message, with what it may say at its longest. */
export function examples(site: Site): Record<string, Message> {
  const pageUrl = (page: string) => site.origin + page
  const head = { at: AT, siteName: site.name, pageUrl }
  const link = `${site.origin}/password-link?token=${'x'.repeat(43)}`
  const passkey = { factor: 'passkey', name: 'Work laptop' } as const
  const invited = { ...head, link, name: 'Ada Lovelace', isNew: true, isFactorDemanded: false }
  return {
    invitation: messages.invitation(invited),
    'invitation-with-second-factor': messages.invitation({ ...invited, isFactorDemanded: true }),
    'password-link': messages.invitation({ ...invited, isNew: false }),
    'forgotten-password': messages.forgottenPassword({ ...head, link }),
    'choose-new-password': messages.chooseNewPassword({ ...head, link }),
    'sign-up': messages.signUp({ ...head, link }),
    'sign-up-of-somebody-known': messages.hasAccount(head),
    'confirm-email': messages.confirmEmail({ ...head, link }),
    'email-changed': messages.emailChanged({
      ...head,
      link,
      toEmail: 'ada@example.org',
      until: UNTIL,
    }),
    'email-changed-by-administrator': messages.emailChangedByAdministrator(head),
    'password-changed': messages.passwordChanged(head),
    'factor-added': messages.factorAdded({ ...head, added: passkey }),
    'factor-removed': messages.factorRemoved({ ...head, removed: passkey, byAdministrator: false }),
    'factor-removed-by-administrator': messages.factorRemoved({
      ...{ ...head, removed: { factor: 'authenticator' }, byAdministrator: true },
    }),
    'recovery-code-used': messages.recoveryCodeUsed({ ...head, left: 7 }),
    'token-made': messages.tokenMade({ ...head, name: 'Weekly report' }),
    'account-disabled': messages.accountDisabled(head),
    'account-enabled': messages.accountEnabled(head),
    'account-deleted': messages.accountDeleted({ ...head, byAdministrator: false }),
    'account-deleted-by-administrator': messages.accountDeleted({
      ...head,
      byAdministrator: true,
    }),
    'role-changed': messages.roleChanged({ ...head, role: 'admin' }),
    'new-device': messages.newDevice({
      ...{ ...head, link, browser: 'Firefox on Windows' },
      ...{ ip: '2001:db8:85a3::8a2e:370:7334', place: 'New Zealand' },
    }),
    'second-step-failed': messages.secondStepFailed(head),
    test: messages.test(head),
  }
}

/**
 * Writes one of each mail into a folder: as text, as a page, and as it would be sent.
 *
 * @returns the names of those mails
 */
export async function writePreviews(folder: string, site: Site): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  const host = new URL(site.origin).hostname
  const from = { name: site.name, address: `latchkey@${host}` }
  const transport = createTransportOf({ from, way: { folder } }, host)
  const all = examples(site)
  for (const [name, message] of Object.entries(all)) {
    const letter: Letter = {
      ...{ id: name, to: { name: 'Ada Lovelace', address: 'ada@example.com' }, date: AT },
      ...{ subject: message.subject, text: asText(message, site), html: asHtml(message, site) },
    }
    await writeFile(path.join(folder, `${name}.txt`), letter.text)
    await writeFile(path.join(folder, `${name}.html`), letter.html)
    await transport.deliver(letter, AbortSignal.timeout(10_000))
  }
  return Object.keys(all)
}
