import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { linkInMail, startMailServer, type MailServer } from '../support/mail-server'
import { startOpenServer, type TestServer } from '../support/server'
import { createSettableClocks } from '../support/set-clock'
import { until } from '../support/until'
import { createVisitor } from '../support/visitor'

/** Longer than a mail is left to the process that has claimed it. */
const TWO_MINUTES = 120_000
const ROUNDS = 3
const MAILS_A_ROUND = 4
/** An account that is there from the start. */
const ROOT = 'root@example.com'

let mailServer: MailServer
let server: TestServer
const clocks = createSettableClocks()
let later = 0

beforeAll(async () => {
  mailServer = await startMailServer()
  const mail = { SMTP_URL: mailServer.url, MAIL_FROM: 'latchkey@example.com' }
  server = await startOpenServer({ ...mail, ...clocks.settings })
})
afterAll(async () => {
  await server.dispose()
  await mailServer.close()
  clocks.remove()
})
beforeEach(async () => {
  mailServer.mails.length = 0
  await server.query('DELETE FROM "OutgoingMail"')
})

const visitor = () => createVisitor(server.origin)
const mailsTo = (email: string) => mailServer.mails.filter((one) => one.recipients[0] === email)
const messageIds = (email: string) => new Set(mailsTo(email).map(({ messageId }) => messageId))
const rows = () =>
  server.query<{ id: string; address: string; state: string }>(
    'SELECT "id", "address", "state" FROM "OutgoingMail"',
  )

async function killAndStart() {
  await server.stop('SIGKILL')
  mailServer.behave({ type: 'takes' })
  await server.start()
}

/** The claim of a process that is gone holds for so long. */
const letClaimsEnd = () => clocks.set(server, (later += TWO_MINUTES))

let asked = 0
/** Waits until the server has looked at everything that is due. */
async function untilLooked() {
  const email = `later-${(asked += 1)}@example.com`
  expect((await visitor().post('/signup', { email })).status).toBe(200)
  await until(() => mailsTo(email).length === 1)
}

test('a mail is sent once when the server is killed between the commit and the sending', async () => {
  mailServer.behave({ type: 'hangs', at: 'greeting' })
  const before = mailServer.connections()
  expect((await visitor().post('/forgot-password', { email: ROOT })).status).toBe(200)
  await until(() => mailServer.connections() > before)
  await killAndStart()
  expect(await rows()).toMatchObject([{ address: ROOT, state: 'waiting' }])
  await untilLooked()
  expect(mailsTo(ROOT)).toHaveLength(0)

  await letClaimsEnd()
  await until(() => mailsTo(ROOT).length === 1)
  await untilLooked()
  expect(mailsTo(ROOT)).toHaveLength(1)
})

test('a mail is sent once more, as the same one, when the server is killed between sending and noting it', async () => {
  mailServer.behave({ type: 'hangs', at: 'answer' })
  await visitor().post('/forgot-password', { email: ROOT })
  await until(() => mailsTo(ROOT).length === 1)
  await killAndStart()
  expect(await rows()).toMatchObject([{ state: 'waiting' }])
  await letClaimsEnd()
  await until(async () => (await rows())[0]!.state === 'sent')
  await letClaimsEnd()
  await untilLooked()
  expect(mailsTo(ROOT)).toHaveLength(2)
  expect(messageIds(ROOT).size).toBe(1)

  // Each has a link of its own: whichever is opened works, and no longer once one was used.
  const links = mailsTo(ROOT).map(linkInMail)
  expect(new Set(links).size).toBe(2)
  for (const link of links) expect((await visitor().get(link)).status).toBe(302)
  const reader = visitor()
  const page = await reader.get((await reader.get(links[1]!)).headers.get('Location')!)
  const [, action] = /action="(\/password-link\?[^"]+)"/.exec(await page.text())!
  expect((await reader.post(action!, { password: 'nine purple harbours' })).status).toBe(302)
  for (const link of links) expect((await visitor().get(link)).status).toBe(410)
})

test('a mail is sent at least once and at most twice whenever the server is killed, and none that was not asked for', async () => {
  const told = new Set<string>()
  mailServer.behave({ type: 'slow', pause: 8 })
  const addresses: string[] = []
  async function ask(email: string) {
    addresses.push(email)
    await sleep(Math.random() * 150)
    const answer = await visitor()
      .post('/signup', { email })
      .catch(() => undefined)
    if (answer?.status === 200) told.add(email)
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const asking = Array.from({ length: MAILS_A_ROUND }, (_, nth) =>
      ask(`mail-${nth}-of-${round}@example.com`),
    )
    // From before the first row is written until after the last mail was noted.
    await sleep(Math.random() * 300)
    await server.stop('SIGKILL')
    await Promise.all(asking)
    await server.start()
  }
  // One whose connection broke is tried again after a while, and so is one that a process had claimed.
  const allSent = async () => {
    if ((await rows()).every(({ state }) => state === 'sent')) return true
    await letClaimsEnd()
    return false
  }
  await until(allSent, { interval: 1_000, timeout: 60_000 })
  await untilLooked()
  const written = (await rows()).map(({ address }) => address)
  for (const email of addresses) {
    const count = mailsTo(email).length
    if (told.has(email)) expect(written).toContain(email)
    if (!written.includes(email)) expect([email, count]).toEqual([email, 0])
    else expect([1, 2]).toContain(count)
    expect(messageIds(email).size).toBeLessThanOrEqual(1)
  }
})
