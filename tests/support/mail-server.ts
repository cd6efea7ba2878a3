import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { until } from './until'

/** A mail as its reader gets it, with the envelope that it came in. */
export type ReceivedMail = ParsedMail & { raw: string; sender: string; recipients: string[] }

/** How a server treats what it is sent. */
export type Behaviour =
  | { type: 'takes' }
  /** Refuses the recipient, or the content, with a code like 451 or 550. */
  | { type: 'refuses'; code: number; at: 'recipient' | 'content' }
  /** Takes a connection and says nothing, or stops in the middle. */
  | { type: 'hangs'; at: 'greeting' | 'content' }
  /** Answers when the test says so. */
  | { type: 'waits'; until: Promise<void> }

export type MailServer = {
  port: number
  /** For SMTP_URL. */
  url: string
  mails: ReceivedMail[]
  /** How many began to send something. */
  tries: () => number
  behave: (behaviour: Behaviour) => void
  /** Waits until so many have arrived. */
  received: (count: number) => Promise<ReceivedMail[]>
  close: () => Promise<void>
}

/**
 * A real SMTP server on this machine.
 *
 * @param options.login the only one that it takes; none is asked for otherwise
 * @param options.isPlain whether it knows no STARTTLS
 */
export async function startMailServer({
  login,
  isPlain = true,
  port = 0,
}: {
  login?: { user: string; pass: string }
  isPlain?: boolean
  port?: number
} = {}): Promise<MailServer> {
  let behaviour: Behaviour = { type: 'takes' }
  let tries = 0
  const mails: ReceivedMail[] = []
  const refusal = (code: number) =>
    Object.assign(new Error(`${code} not taken by this server`), { responseCode: code })
  const isRefused = (at: 'recipient' | 'content') =>
    behaviour.type === 'refuses' && behaviour.at === at ? refusal(behaviour.code) : null
  const hangs = (at: 'greeting' | 'content') => behaviour.type === 'hangs' && behaviour.at === at

  const server = new SMTPServer({
    logger: false,
    disabledCommands: [...(login ? [] : ['AUTH']), ...(isPlain ? ['STARTTLS'] : [])],
    allowInsecureAuth: true,
    onConnect(_, done) {
      if (!hangs('greeting')) done()
    },
    onAuth({ username, password }, _, done) {
      const isRight = username === login?.user && password === login?.pass
      if (isRight) done(null, { user: username })
      else done(Object.assign(new Error('Invalid login'), { responseCode: 535 }))
    },
    onRcptTo(_, __, done) {
      tries += 1
      done(isRefused('recipient'))
    },
    onData(stream, { envelope }, done) {
      const take = async () => {
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(chunk as Buffer)
        if (hangs('content')) return
        if (behaviour.type === 'waits') await behaviour.until
        const refused = isRefused('content')
        if (refused) return done(refused)
        const raw = Buffer.concat(chunks)
        const sender = envelope.mailFrom ? envelope.mailFrom.address : ''
        const recipients = envelope.rcptTo.map(({ address }) => address)
        mails.push({ ...(await simpleParser(raw)), raw: raw.toString(), sender, recipients })
        done()
      }
      take().catch((error: Error) => done(error))
    },
  })
  // A sender that was killed, or gave up.
  server.on('error', () => undefined)
  const listening = server.listen(port, '127.0.0.1')
  await once(listening, 'listening')
  const { port: taken } = listening.address() as AddressInfo
  const user = login ? `${login.user}:${encodeURIComponent(login.pass)}@` : ''

  return {
    port: taken,
    url: `smtp://${user}127.0.0.1:${taken}`,
    mails,
    tries: () => tries,
    behave: (next) => (behaviour = next),
    async received(count) {
      await until(() => mails.length >= count)
      return mails
    },
    close: () =>
      new Promise((resolve) => {
        for (const connection of server.connections) connection.close()
        server.close(() => resolve())
      }),
  }
}

/** The address of the link in a mail, without the origin. */
export function linkInMail({ text }: Pick<ParsedMail, 'text'>): string {
  const [, path] = /https?:\/\/[^/\s]+(\/[\w-]+\?token=[\w-]+)/.exec(text ?? '') ?? []
  if (path === undefined) throw new Error(`There is no link in this mail: ${text}`)
  return path
}
