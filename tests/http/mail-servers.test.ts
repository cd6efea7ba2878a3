import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '~/accounts/row-id'
import { runCommand } from '../support/command-line'
import { startMailServer, type Behaviour, type MailServer } from '../support/mail-server'
import { freePort, startOpenServer, type TestServer } from '../support/server'
import { until } from '../support/until'
import { createVisitor } from '../support/visitor'

const KNOWN = 'root@example.com'
const UNKNOWN = 'nobody@example.com'

type Row = { address: string; state: string; tries: number; problem: string | null }

let port: number
let server: TestServer
beforeAll(async () => {
  port = await freePort()
  const mail = { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'latchkey@example.com' }
  server = await startOpenServer(mail)
})
afterAll(() => server.dispose())

const visitor = () => createVisitor(server.origin)
const rows = () =>
  server.query<Row>('SELECT "address", "state", "tries", "problem" FROM "OutgoingMail"')
const rowOf = async (email: string) => (await rows()).find(({ address }) => address === email)

/** A mail server that is there while something is done; then whatever hangs on it is cut off. */
async function withMailServer(behaviour: Behaviour, work: (there: MailServer) => Promise<void>) {
  const there = await startMailServer({ port })
  there.behave(behaviour)
  try {
    await work(there)
  } finally {
    await there.close()
  }
}

async function forgetEverything() {
  for (const table of ['OutgoingMail', 'OneTimeLink', 'AttemptCounter']) {
    await server.query(`DELETE FROM "${table}"`)
  }
}

describe('whoever forgot their password', () => {
  /** What a mail server does, and what becomes of the mail to somebody who has an account. */
  const states: [
    what: string,
    behaviour: Behaviour | 'is down',
    mail: Pick<Row, 'state' | 'tries'>,
  ][] = [
    ['takes mails', { type: 'takes' }, { state: 'sent', tries: 1 }],
    ['is down', 'is down', { state: 'waiting', tries: 1 }],
    ['says nothing', { type: 'hangs', at: 'greeting' }, { state: 'waiting', tries: 1 }],
    ['stops in the middle', { type: 'hangs', at: 'content' }, { state: 'waiting', tries: 1 }],
    ['is slow', { type: 'slow', pause: 100 }, { state: 'sent', tries: 1 }],
    [
      'refuses for now',
      { type: 'refuses', code: 451, at: 'recipient' },
      { state: 'waiting', tries: 1 },
    ],
    [
      'refuses for good',
      { type: 'refuses', code: 550, at: 'recipient' },
      { state: 'given_up', tries: 1 },
    ],
  ]
  let usual: string[]

  it.each(states)(
    'is told the same to the byte, known or not, when the mail server %s',
    async (_, behaviour, mail) => {
      await forgetEverything()
      async function ask() {
        const answers = []
        for (const email of [KNOWN, UNKNOWN]) {
          for (const path of ['/forgot-password', '/forgot-password.data']) {
            answers.push(await told(path, email))
          }
        }
        const [page, data, pageOfUnknown, dataOfUnknown] = answers
        expect(page).toContain('Look into your mailbox')
        expect([pageOfUnknown, dataOfUnknown]).toEqual([page, data])
        expect([page, data]).toEqual((usual ??= [page!, data!]))
        await until(async () => isAs(mail, await rowOf(KNOWN)))
        // Somebody was looked for, and not found.
        await until(async () => (await rowOf(UNKNOWN)) === undefined)
      }
      if (behaviour === 'is down') return ask()
      await withMailServer(behaviour, async (there) => {
        await ask()
        expect(there.mails.some(({ recipients }) => recipients.includes(UNKNOWN))).toBe(false)
      })
    },
  )

  const isAs = (wanted: Pick<Row, 'state' | 'tries'>, row: Row | undefined) =>
    (['state', 'tries'] as const).every((name) => wanted[name] === row?.[name])

  /** Everything that an answer says, but for what is another text each time. */
  async function told(path: string, email: string): Promise<string> {
    const { status, headers, ...answer } = await answerTo(path, email)
    const changing = ['date', 'keep-alive']
    const lines = [...headers].filter(([name]) => !changing.includes(name)).sort()
    return [status, ...lines.map((line) => line.join(': ')), answer.body]
      .join('\n')
      .replaceAll(/nonce[=-]["']?[\w+/=]+["']?/g, 'nonce')
      .replaceAll(/"?now\\?",\d+/g, 'now')
      .replaceAll(email, 'their address')
  }

  async function answerTo(path: string, email: string) {
    const answer = await visitor().post(path, { email })
    return { status: answer.status, headers: answer.headers, body: await answer.text() }
  }
})

describe('a mail server that says nothing', () => {
  const MANY = 9

  /** By the command line, which tells them so, and leaves the mail to a server. */
  async function removeFactorsOf(email: string) {
    await server.query(
      `INSERT INTO "Authenticator" ("userId", "key", "lastStep", "createdAt", "createdBySession")
       VALUES ('administrator', ?, 0, ?, 'some session')`,
      ...[Buffer.from('key'), new Date()],
    )
    const { databaseUrl, folder } = server
    const settings = { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'latchkey@example.com' }
    const where = { databaseUrl, folder, port: server.port, settings }
    expect((await runCommand(where, 'factors', 'remove', email)).code).toBe(0)
  }

  it('keeps nobody from anything else, nor the server from ending; the mails go out when both are back', async () => {
    await forgetEverything()
    const now = new Date()
    await withMailServer({ type: 'hangs', at: 'greeting' }, async (there) => {
      await server.queryEach(
        `INSERT INTO "OutgoingMail"
           ("id", "kind", "address", "about", "state", "createdAt", "nextTryAt", "tries")
         VALUES (?, 'account-deleted', ?, '{}', 'waiting', ?, ?, 0)`,
        Array.from({ length: MANY }, (_, nth) => [newId(), `${nth}@example.com`, now, now]),
      )
      await until(() => there.connections() >= 4)
      const statuses = []
      for (const path of ['/healthz', '/readyz', '/login', '/forgot-password']) {
        statuses.push((await visitor().get(path)).status)
      }
      statuses.push((await visitor().post('/forgot-password', { email: KNOWN })).status)
      statuses.push((await visitor().signIn(KNOWN, 'a wrong password')).status)
      expect(statuses).toEqual([200, 200, 200, 200, 200, 422])
      expect(there.connections()).toBe(4)

      expect(await server.stop()).toBe(0)
      expect(server.logs()).not.toContain('closing took too long')
    })
    await withMailServer({ type: 'takes' }, async (there) => {
      await removeFactorsOf(KNOWN)
      expect(await rows()).toHaveLength(MANY + 2)
      for (const row of await rows()) expect(row).toMatchObject({ state: 'waiting', tries: 0 })
      expect(there.connections()).toBe(0)
      await server.start()
      await there.received(MANY + 2)
      await until(async () => (await rows()).every(({ state }) => state === 'sent'))
      expect(there.mails).toHaveLength(MANY + 2)
    })
  })
})
