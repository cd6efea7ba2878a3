import { examineMail } from '~/mail/transport'
import { isPlainAddress, type Mailbox, type MailServer, type MailSettings } from '~/mail/settings'
import { SettingError } from './setting-error'

/** Where `npm run dev` writes mails, unless a setting says otherwise. */
export const DEVELOPMENT_MAIL_FOLDER = 'data/mail'

/** Of SMTP with a login (RFC 6409), and of SMTP inside TLS (RFC 8314). */
const SUBMISSION_PORT = 587
const SUBMISSIONS_PORT = 465

/**
 * What the settings say of mails; null when they say nothing: no mail is sent then.
 *
 * @throws SettingError when one is wrong. It never repeats SMTP_URL, which holds a password.
 */
export function parseMail(
  get: (name: string) => string | undefined,
  { origin, siteName }: { origin: string; siteName: string },
): MailSettings | null {
  const [smtpUrl, folder, from] = [get('SMTP_URL'), get('MAIL_FOLDER'), get('MAIL_FROM')]
  const server = smtpUrl === undefined ? null : parseSmtpUrl(smtpUrl)
  const mailbox = from === undefined ? null : parseMailbox(from, siteName)
  if (folder !== undefined)
    return { way: { folder }, from: mailbox ?? ownMailbox(origin, siteName) }
  if (server === null) return null
  if (mailbox) return { way: server, from: mailbox }
  // Mail servers refuse, or file as spam, what is from an address that is not theirs to send for.
  throw new SettingError(
    'SMTP_URL needs MAIL_FROM beside it: an address that this mail server sends for, like ' +
      'MAIL_FROM="Latchkey <latchkey@example.com>"',
    ['SMTP_URL', 'MAIL_FROM'],
  )
}

/**
 * A mail server that is away may be back when there is a mail; a folder that cannot be written to waits
 * for whoever starts Latchkey.
 *
 * @throws SettingError
 */
export async function refuseUnusableFolder({
  mail,
  origin,
}: {
  mail: MailSettings | null
  origin: string
}): Promise<void> {
  if (!mail || !('folder' in mail.way)) return
  const problem = await examineMail(mail, origin)
  if (problem === null) return
  throw new SettingError(
    `MAIL_FOLDER ${mail.way.folder} cannot be written to: ${problem}. Name a folder that can, or set ` +
      'SMTP_URL instead.',
    ['MAIL_FOLDER'],
  )
}

function parseSmtpUrl(text: string): MailServer {
  const refuse = (sentence: string): never => {
    throw new SettingError(sentence, ['SMTP_URL'])
  }
  const example =
    'SMTP_URL must be like smtp://user:password@mail.example.com:587, or smtps:// where TLS comes first'
  if (!URL.canParse(text)) {
    refuse(`${example}. Write signs like @, / and # in the password as %40, %2F and %23.`)
  }
  const url = new URL(text)
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') refuse(`${example}.`)
  if (url.hostname === '' || url.search || url.hash || !/^\/?$/.test(url.pathname)) {
    refuse(`${example}, with nothing behind the port.`)
  }
  if (url.password !== '' && url.username === '') refuse('SMTP_URL has a password and no user.')
  const secure = url.protocol === 'smtps:'
  return {
    // Brackets are of URLs, not of addresses.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? SUBMISSIONS_PORT : SUBMISSION_PORT) : Number(url.port),
    secure,
    login: url.username === '' ? null : { user: decode(url.username), pass: decode(url.password) },
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new SettingError('SMTP_URL has a % in its user or password that must be %25.', [
      'SMTP_URL',
    ])
  }
}

/** `latchkey@example.com`, or `Latchkey <latchkey@example.com>`. Without a name it is the installation's. */
function parseMailbox(text: string, siteName: string): Mailbox {
  const [, quoted, plain, inBrackets] = /^(?:"([^"]*)"|([^<>"]*?))\s*<([^<>]*)>$/.exec(text) ?? []
  const address = inBrackets ?? text
  const name = quoted ?? plain ?? siteName
  if (isPlainAddress(address) && !/\p{C}/u.test(name)) return { name: name || siteName, address }
  throw new SettingError(
    `MAIL_FROM must be an address, or a name and an address like Latchkey <latchkey@example.com>, not "${text}".`,
    ['MAIL_FROM'],
  )
}

function ownMailbox(origin: string, siteName: string): Mailbox {
  const { hostname } = new URL(origin)
  return { name: siteName, address: `latchkey@${hostname.replace(/^\[(.*)\]$/, '$1')}` }
}
