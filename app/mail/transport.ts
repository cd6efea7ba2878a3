import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createTransport } from 'nodemailer'
import { isLoopbackHost } from '~/accounts/addresses'
import { seconds } from '~/accounts/time'
import {
  isPlainAddress,
  type MailFolder,
  type MailServer,
  type MailSettings,
  type Mailbox,
} from './settings'

/** A mail as it goes out, to one person. */
export type Letter = {
  /** The same each time that it is sent: what the Message-ID is made of. */
  id: string
  to: Mailbox
  date: Date
  subject: string
  text: string
  html: string
}

export type Delivery =
  | { ok: true }
  /** @param final whether another try is pointless: the server, or nobody ever, takes this one */
  | { ok: false; final: boolean; problem: string }

export type Transport = {
  /** Never throws. Gives up when the signal says so; the mail may have gone out by then. */
  deliver(letter: Letter, signal: AbortSignal): Promise<Delivery>
  /** Says what is wrong; null when mails are taken. */
  examine(): Promise<string | null>
}

/** What a server or network may take, each, in milliseconds. */
const CONNECTING = seconds(10)
const GREETING = seconds(10)
/** Many look for spam before they answer to a mail. Who does not wait for that answer sends it again. */
const SILENCE = seconds(50)

export function createTransportOf({ from, way }: MailSettings, host: string): Transport {
  return 'folder' in way ? toFolder(way, from, host) : toServer(way, from, host)
}

/**
 * Asks whether mails would be taken: the server is reached and takes the login, or the folder can be
 * written to. Sends nothing.
 *
 * @returns what is wrong, in the server's words; null when all is well
 */
export const examineMail = (settings: MailSettings, origin: string): Promise<string | null> =>
  createTransportOf(settings, new URL(origin).hostname).examine()

/** Everything but who it is for is ours, and that is encoded by the library where a header has it. */
function headersOf(letter: Letter, from: Mailbox, host: string) {
  const { id, to, date, subject, text, html } = letter
  return {
    ...{ from: inHeader(from), to: inHeader(to), date, subject, text, html },
    messageId: `<${id}@${host}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': 'en' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/**
 * With a name that stands on one line and turns nothing around it. The library leaves alone what looks
 * encoded already (RFC 2047), and then its reader would see a name that was never checked.
 */
const inHeader = ({ name, address }: Mailbox): Mailbox => ({
  name: name.replace(NOT_IN_NAME, ' ').replaceAll('=?', '= ?').trim(),
  address,
})
const NOT_IN_NAME = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu

const noAddress: Delivery = { ok: false, final: true, problem: 'The address cannot be written to.' }

function toServer(server: MailServer, from: Mailbox, host: string): Transport {
  const { login } = server
  const isHere = isLoopbackHost(server.host)
  const transporter = createTransport({
    ...{ host: server.host, port: server.port, secure: server.secure, name: host },
    ...(login && { auth: login }),
    // A password crosses no network readable. Nobody stands between a machine and itself, where
    // certificates are usually homemade.
    requireTLS: login !== null && !isHere,
    tls: { rejectUnauthorized: !isHere },
    connectionTimeout: CONNECTING,
    greetingTimeout: GREETING,
    socketTimeout: SILENCE,
    dnsTimeout: CONNECTING,
    maxResponseSize: 64 * 1024,
    logger: false,
  })
  const problemOf = (error: unknown, ofLetter: readonly string[] = []) =>
    inWords(error, [...secretsOf(login), ...ofLetter])

  return {
    async deliver(letter, signal) {
      if (!isPlainAddress(letter.to.address)) return noAddress
      try {
        await transporter.sendMail({ ...headersOf(letter, from, host), signal })
        return { ok: true }
      } catch (error) {
        return { ok: false, final: isFinal(error), problem: problemOf(error, linksIn(letter)) }
      }
    },
    async examine() {
      try {
        await transporter.verify()
        return null
      } catch (error) {
        return problemOf(error)
      }
    },
  }
}

/**
 * Whether the server said for good that it does not take this mail. What it says of the connection, TLS,
 * the login or whom mails are from is about our settings, which somebody will mend.
 */
function isFinal(error: unknown): boolean {
  const { code, responseCode, command } = factsOf(error)
  const isOfThisMail = (code === 'EENVELOPE' && command !== 'MAIL FROM') || code === 'EMESSAGE'
  return isOfThisMail && (responseCode === undefined || responseCode >= 500)
}

const LONGEST_PROBLEM = 500

/** In the server's words, where there are any, without what it must not repeat. */
function inWords(error: unknown, secrets: readonly string[] = []): string {
  const { response } = factsOf(error)
  const text = response ?? (error instanceof Error ? error.message : String(error))
  return secrets
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_PROBLEM)
}

/** The password in the spellings in which it is sent: by AUTH PLAIN, by AUTH LOGIN, and as it is. */
function secretsOf(login: MailServer['login']): string[] {
  if (!login?.pass) return []
  const { user, pass } = login
  const inBase64 = [`\0${user}\0${pass}`, pass].map((text) =>
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
  )
  return [...inBase64, pass]
}

/** Servers that take a mail for spam say of which link. Its secret opens an account, and is kept nowhere. */
const linksIn = ({ text }: Letter): string[] =>
  [...text.matchAll(/[?&]token=([\w-]+)/g)].map(([, secret]) => secret!)

/** What the library writes on its errors. */
function factsOf(error: unknown) {
  const facts = error instanceof Error ? (error as NodemailerError) : undefined
  return {
    ...{ code: facts?.code, responseCode: facts?.responseCode },
    ...{ response: facts?.response, command: facts?.command },
  }
}
type NodemailerError = Error & {
  code?: string
  responseCode?: number
  response?: string
  command?: string
}

/** Each mail is one file, which is there whole or not at all, for the eyes of this user only. */
function toFolder({ folder }: MailFolder, from: Mailbox, host: string): Transport {
  const composer = createTransport({ streamTransport: true, buffer: true })

  async function write(letter: Letter) {
    const { message } = await composer.sendMail(headersOf(letter, from, host))
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = path.join(folder, fileNameOf(letter))
    const unfinished = `${file}.part`
    try {
      await writeFile(unfinished, message as Buffer, { mode: 0o600 })
      await rename(unfinished, file)
    } finally {
      await rm(unfinished, { force: true })
    }
  }

  return {
    async deliver(letter) {
      if (!isPlainAddress(letter.to.address)) return noAddress
      try {
        await write(letter)
        return { ok: true }
      } catch (error) {
        return { ok: false, final: false, problem: inWords(error) }
      }
    },
    async examine() {
      const probe = path.join(folder, '.latchkey-writes')
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(probe, '')
        // Another server may look at the same moment.
        await rm(probe, { force: true })
        return null
      } catch (error) {
        return inWords(error)
      }
    },
  }
}

/** In the order of time, and told apart by what they are about. */
function fileNameOf({ id, date, subject }: Letter): string {
  const time = date.toISOString().replace(/[:.]/g, '-')
  const words = subject
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
  return `${time}-${words.replace(/^-|-$/g, '')}-${id.slice(-6)}.eml`
}
