import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '~/accounts/row-id'
import { startMailServer, type MailServer } from '../support/mail-server'
import { startNodes, type TestNodes } from '../support/nodes'
import { until } from '../support/until'
import { createVisitor } from '../support/visitor'

/** Each node sends so many at once. */
const AT_ONCE = 4
const MANY = 40

let mailServer: MailServer
let cluster: TestNodes
beforeAll(async () => {
  mailServer = await startMailServer()
  const settings = { SMTP_URL: mailServer.url, MAIL_FROM: 'latchkey@example.com' }
  cluster = await startNodes(2, settings)
})
afterAll(async () => {
  await cluster.dispose()
  await mailServer.close()
})
beforeEach(async () => {
  mailServer.behave({ type: 'takes' })
  mailServer.mails.length = 0
  await cluster.query('DELETE FROM "OutgoingMail"')
})

let asked = 0
/** Asks a node for a mail, at which it looks for all that are due. Returns the address that it goes to. */
async function askAt(node: number): Promise<string> {
  const email = `newcomer-${(asked += 1)}@example.com`
  const visitor = createVisitor(cluster.nodes[node]!.origin)
  expect((await visitor.post('/signup', { email })).status).toBe(200)
  return email
}

/** Makes the mail server hold its answers back. Returns what lets them go. */
function holdBack(): () => void {
  let release!: () => void
  const released = new Promise<void>((resolve) => (release = resolve))
  mailServer.behave({ type: 'waits', until: released })
  return () => {
    mailServer.behave({ type: 'takes' })
    release()
  }
}

const mailsTo = (email: string) => mailServer.mails.filter((one) => one.recipients[0] === email)
const stateOf = (email: string) =>
  cluster.queryValue<string>('SELECT "state" FROM "OutgoingMail" WHERE "address" = ?', email)
const areSent = async (...emails: string[]) =>
  (await Promise.all(emails.map(stateOf))).every((state) => state === 'sent')

describe('two nodes', () => {
  test('deliver one mail once, also when the other looks for mails while the first is at it', async () => {
    const release = holdBack()
    const before = mailServer.tries()
    const one = await askAt(0)
    await until(() => mailServer.tries() === before + 1)
    const other = await askAt(1)
    await until(() => mailServer.tries() === before + 2)
    release()
    await until(() => areSent(one, other))
    expect([mailsTo(one).length, mailsTo(other).length]).toEqual([1, 1])
  })

  test('share many mails that are due at the same moment, and deliver each once', async () => {
    const release = holdBack()
    const before = mailServer.tries()
    const now = new Date()
    const emails = Array.from({ length: MANY }, (_, nth) => `gone-${nth}@example.com`)
    await cluster.queryEach(
      `INSERT INTO "OutgoingMail"
         ("id", "kind", "address", "about", "state", "createdAt", "nextTryAt", "tries")
       VALUES (?, 'account-deleted', ?, '{}', 'waiting', ?, ?, 0)`,
      emails.map((email) => [newId(), email, now, now]),
    )
    // More than one of them alone has under way.
    await until(() => mailServer.tries() === before + 2 * AT_ONCE)
    release()
    await until(() => areSent(...emails))
    for (const email of emails) expect([email, mailsTo(email).length]).toEqual([email, 1])
    expect(new Set(mailServer.mails.map(({ messageId }) => messageId)).size).toBe(MANY)
  })

  test('leave no mail unsent when the one that has claimed it is killed', async () => {
    mailServer.behave({ type: 'hangs', at: 'greeting' })
    const before = mailServer.connections()
    const email = await askAt(0)
    await until(() => mailServer.connections() > before)
    await cluster.nodes[0]!.stop('SIGKILL')
    mailServer.behave({ type: 'takes' })
    // The other one leaves it alone until its time is over.
    const next = await askAt(1)
    await until(() => areSent(next))
    expect(await stateOf(email)).toBe('waiting')
    await cluster.query('UPDATE "OutgoingMail" SET "claimedUntil" = ?', new Date())
    await until(() => areSent(email))
    expect(mailsTo(email)).toHaveLength(1)
  })
})
