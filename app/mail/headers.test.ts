import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withAsciiHost } from '~/accounts/text'
import { emailSchema } from '~/accounts/users/schemas'
import {
  startMailServer,
  type MailServer,
  type ReceivedMail,
} from '../../tests/support/mail-server'
import { createTransportOf, type Letter } from './transport'

const FROM = { name: 'Latchkey', address: 'latchkey@example.org' }
const SUBJECT = 'Your password was changed'
const ADA = 'ada@example.com'
/** What every mail has, and none has more. */
const HEADERS = [
  ...['auto-submitted', 'content-language', 'content-type', 'date', 'from', 'message-id'],
  ...['mime-version', 'subject', 'to'],
]

let server: MailServer
beforeAll(async () => {
  server = await startMailServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.mails.length = 0
})

/** How a mail arrives that is for this name and address; undefined when nobody was written to. */
async function sendTo(to: Letter['to'], from = FROM): Promise<ReceivedMail | undefined> {
  server.mails.length = 0
  const way = { host: '127.0.0.1', port: server.port, secure: false, login: null }
  const transport = createTransportOf({ from, way }, 'accounts.example.org')
  const content = { subject: SUBJECT, text: 'Hello', html: '<p>Hello</p>' }
  const letter = { id: 'some-id', to, date: new Date(), ...content }
  await transport.deliver(letter, AbortSignal.timeout(20_000))
  return server.mails[0]
}

const addressesIn = (header: ReceivedMail['to']) =>
  [header].flat().flatMap((one) => one?.value ?? [])

function expectHarmless(mail: ReceivedMail | undefined, address: string) {
  // Its parser shows hosts as people write them.
  expect(mail!.recipients.map(withAsciiHost)).toEqual([address])
  expect(addressesIn(mail!.to).map((to) => withAsciiHost(to.address!))).toEqual([address])
  expect([...mail!.headers.keys()].sort()).toEqual(HEADERS)
  expect([mail!.subject, mail!.sender]).toEqual([SUBJECT, FROM.address])
  expect(mail!.text!.trim()).toBe('Hello')
}

describe('a name', () => {
  test.each([
    ['Ada\r\nBcc: eve@example.com', 'Ada Bcc: eve@example.com'],
    ['Ada\nSubject: You won', 'Ada Subject: You won'],
    ['Ada\r\n\r\nAnother body', 'Ada Another body'],
    ['"Ada", <eve@example.com>', '"Ada", <eve@example.com>'],
    ['Ada" <eve@example.com>, "', 'Ada" <eve@example.com>, "'],
    ['Ada, Eve; Mallory: (all) @home \\', 'Ada, Eve; Mallory: (all) @home \\'],
    ['Zoë 🗝 Łukasiewicz', 'Zoë 🗝 Łukasiewicz'],
    ['=?utf-8?q?Ada?=', '= ?utf-8?q?Ada?='],
    ['=?utf-8?b?PGV2ZUBleGFtcGxlLmNvbT4=?=', '= ?utf-8?b?PGV2ZUBleGFtcGxlLmNvbT4= ?='],
    ['=?utf-8?q?=0D=0ABcc=3A_eve=40a.example?=', '= ?utf-8?q?=0D=0ABcc=3A_eve=40a.example?='],
    ['Ada\u202Emoc.elpmaxe', 'Ada moc.elpmaxe'],
  ])('is read as it was typed, on one line, and is nothing else: %j', async (name, read) => {
    const mail = await sendTo({ name, address: ADA })
    expectHarmless(mail, ADA)
    expect(addressesIn(mail!.to)[0]!.name).toBe(read)
  })

  test('of any signs adds no recipient and no header', async () => {
    const parts = fc.constantFrom(
      ...[
        '\r\n',
        '\n',
        '\r',
        '\t',
        '\0',
        '"',
        "'",
        '\\',
        '<',
        '>',
        '(',
        ')',
        ',',
        ';',
        ':',
        '@',
        ' ',
      ],
      ...[
        '=?utf-8?q?',
        '=?utf-8?b?',
        '?=',
        '=0D=0A',
        '%0d%0a',
        '\u2028',
        '\u202E',
        '\u0085',
        'é',
        '🗝',
      ],
      ...['Ada', 'Bcc: eve@example.com', '<eve@example.com>', 'a'.repeat(80)],
    )
    const names = fc.array(parts, { maxLength: 12 }).map((some) => some.join(''))
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const mail = await sendTo({ name, address: ADA })
        expectHarmless(mail, ADA)
        expect(addressesIn(mail!.to)[0]!.name).not.toMatch(/[\p{Cc}\u2028\u202E]/u)
      }),
      { numRuns: 30 },
    )
  })

  test('of whom mails are from is one as well', async () => {
    const name = 'Löck, "Ltd" <key>'
    const mail = await sendTo({ name: '', address: ADA }, { ...FROM, name })
    expectHarmless(mail, ADA)
    expect(addressesIn(mail!.from)).toMatchObject([{ name, address: FROM.address }])
  })
})

describe('an address', () => {
  test.each([
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com\r\nRCPT TO:<eve@example.com>',
    'ada\r\n@example.com',
    'ada@example.com, eve@example.com',
    'ada@example.com;eve@example.com',
    'ada@example.com <eve@example.com>',
    'ada@example.com>\r\nDATA',
    '"ada" <eve@example.com>',
    '"ada eve"@example.com',
    'ada(eve)@example.com',
    'ada\\@example.com',
    '=?utf-8?q?eve=40evil.example?=@example.com',
    '=?utf-8?q?ada@example.com?=',
    'ada\u200B@example.com',
    'friends: ada@example.com;',
  ])(
    'that is no single one is taken from nobody, and written to by nobody: %j',
    async (address) => {
      expect(emailSchema.safeParse(address).success).toBe(false)
      const before = server.connections()
      expect(await sendTo({ name: 'Ada', address })).toBeUndefined()
      expect(server.connections()).toBe(before)
    },
  )

  test.each([
    ['=utf-8?q?eve=40evil.example?@example.com'],
    ["o'brien+mail@example.com"],
    ['ada%evil.example@example.com'],
    ['evil.example!ada@example.com'],
    ['zoë@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ])('that looks like something else is itself alone: %s', async (typed, address = typed) => {
    expect(emailSchema.parse(typed)).toBe(address)
    expectHarmless(await sendTo({ name: 'Ada', address }), address)
  })
})
