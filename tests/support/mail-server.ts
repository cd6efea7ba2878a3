import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import type { Certificate } from './certificate'
import { until } from './until'

/** A mail as its reader gets it, with the envelope that it came in. */
export type ReceivedMail = ParsedMail & { raw: string; sender: string; recipients: string[] }

/** How a server treats what it is sent. */
export type Behaviour =
  | { type: 'takes' }
  /** Refuses the recipient, or the content, with a code like 451 or 550, and perhaps says which links it had. */
  | { type: 'refuses'; code: number; at: 'recipient' | 'content'; names?: 'links' }
  /** Takes a connection and says nothing, stops in the middle, or takes a mail and does not say so. */
  | { type: 'hangs'; at: 'greeting' | 'content' | 'answer' }
  /** Takes so many milliseconds for every answer. */
  | { type: 'slow'; pause: number }
  /** Answers when the test says so. */
  | { type: 'waits'; until: Promise<void> }

export type MailServer = {
  port: number
  /** For SMTP_URL. */
  url: string
  mails: ReceivedMail[]
  /** How many began to send something. */
  tries: () => number
  /** How many opened a connection, and how many gave a password. */
  connections: () => number
  logins: () => number
  behave: (behaviour: Behaviour) => void
  /** Waits until so many have arrived. */
  received: (count: number) => Promise<ReceivedMail[]>
  close: () => Promise<void>
}

/**
 * A real SMTP server on this machine.
 *
 * @param options.login the only one that it takes; none is asked for otherwise
 * @param options.refusal what it says of another one
 * @param options.tls whether it knows none, STARTTLS, or nothing before TLS
 * @param options.certificate instead of one that nobody trusts
 */
export async function startMailServer({
  login,
  refusal: refusalOfLogin = 'Invalid login',
  tls = 'none',
  certificate,
  port = 0,
}: {
  login?: { user: string; pass: string }
  refusal?: string
  tls?: 'none' | 'starttls' | 'first'
  certificate?: Certificate
  port?: number
} = {}): Promise<MailServer> {
  let behaviour: Behaviour = { type: 'takes' }
  let [tries, connections, logins] = [0, 0, 0]
  const mails: ReceivedMail[] = []
  const refusal = (code: number) =>
    Object.assign(new Error(`${code} not taken by this server`), { responseCode: code })
  const isRefused = (at: 'recipient' | 'content') =>
    behaviour.type === 'refuses' && behaviour.at === at ? refusal(behaviour.code) : null
  const hangs = (at: 'greeting' | 'content' | 'answer') =>
    behaviour.type === 'hangs' && behaviour.at === at
  const late = (answer: () => void) =>
    void setTimeout(answer, behaviour.type === 'slow' ? behaviour.pause : 0)

  const server = new SMTPServer({
    logger: false,
    secure: tls === 'first',
    disabledCommands: [...(login ? [] : ['AUTH']), ...(tls === 'starttls' ? [] : ['STARTTLS'])],
    allowInsecureAuth: true,
    ...(certificate && {
      cert: readFileSync(certificate.certificate),
      key: readFileSync(certificate.key),
    }),
    onConnect(_, done) {
      connections += 1
      if (!hangs('greeting')) late(done)
    },
    onAuth({ username, password }, _, done) {
      logins += 1
      const isRight = username === login?.user && password === login?.pass
      if (isRight) late(() => done(null, { user: username }))
      else done(Object.assign(new Error(refusalOfLogin), { responseCode: 535 }))
    },
    onMailFrom: (_, __, done) => late(done),
    onRcptTo(_, __, done) {
      tries += 1
      late(() => done(isRefused('recipient')))
    },
    onData(stream, { envelope }, done) {
      const take = async () => {
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(chunk as Buffer)
        if (hangs('content')) return
        if (behaviour.type === 'waits') await behaviour.until
        const refused = isRefused('content')
        const raw = Buffer.concat(chunks)
        if (refused && behaviour.type === 'refuses' && behaviour.names === 'links') {
          refused.message += `: ${(await simpleParser(raw)).text?.match(/https?:\S+/g)?.join(' ')}`
        }
        if (refused) return done(refused)
        const sender = envelope.mailFrom ? envelope.mailFrom.address : ''
        const recipients = envelope.rcptTo.map(({ address }) => address)
        mails.push({ ...(await simpleParser(raw)), raw: raw.toString(), sender, recipients })
        if (!hangs('answer')) late(done)
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
  const scheme = tls === 'first' ? 'smtps' : 'smtp'

  return {
    port: taken,
    url: `${scheme}://${user}127.0.0.1:${taken}`,
    mails,
    tries: () => tries,
    connections: () => connections,
    logins: () => logins,
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
