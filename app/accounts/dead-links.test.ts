import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFakeClock } from '../../tests/support/fake-clock'
import {
  createLinkKinds,
  KIND_NAMES,
  newEmail,
  type KindName,
  type LinkKinds,
} from '../../tests/support/link-kinds'
import { startMailServer, type MailServer } from '../../tests/support/mail-server'
import { createMailbox } from '../../tests/support/mailed-links'
import { changeEmail, SOMEWHERE } from '../../tests/support/reclaim'
import {
  addAdministrator,
  addPerson,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../tests/support/services'

const NEW_PASSWORD = 'nine purple harbours'

let server: MailServer
let app: TestServices
let kinds: LinkKinds
let admin: Person
let stop: () => Promise<void>
const clock = createFakeClock()

beforeAll(async () => {
  server = await startMailServer()
  const mail = { SMTP_URL: server.url, MAIL_FROM: 'latchkey@example.org' }
  // A dozen events at once, on a machine that may have much else to do.
  app = await openServices(clock, { ...mail, DATABASE_TIMEOUT: '5s' })
  kinds = createLinkKinds(app, createMailbox(server), () => admin)
  stop = app.runInBackground()
})
afterAll(async () => {
  await stop()
  await server.close()
})

/** Something that happens to an account; what it needs is done before the link is made. */
type Happening = (link: { ada: Person; kind: KindName; secret: string }) => Promise<unknown>
type Event = Happening | { before: (this: void, ada: Person) => Promise<Happening> }

const changePassword: Happening = ({ ada }) =>
  app.ownAccount.changePassword(ada.first.acting, {
    ...{ currentPassword: PASSWORD, newPassword: NEW_PASSWORD, endOthers: false },
  })
const disable: Happening = ({ ada }) => app.administration.disable(admin.first.acting, ada.userId)

const events = {
  'it was used': ({ kind, secret }) => kinds[kind].use(secret),
  'its time is over': ({ kind }) => Promise.resolve(clock.pass(kinds[kind].lifetime)),
  'another one was asked for': ({ ada, kind }) => kinds[kind].make(ada),
  'the password was changed': changePassword,
  'a password was chosen by another link': async ({ ada, kind }) => {
    const isHanded =
      kind !== 'handed to who forgot their password' && kind !== 'mailed by an administrator'
    const other = isHanded
      ? 'handed to who forgot their password'
      : 'mailed to who forgot their password'
    expect((await kinds[other].use(await kinds[other].make(ada))).ok).toBe(true)
  },
  'the address was changed': ({ ada: { userId } }) => changeEmail(app, { userId, to: newEmail() }),
  'the address was changed by an administrator': ({ ada: { userId, name } }) =>
    app.administration.edit(admin.first.acting, { userId, name, email: newEmail(), role: 'user' }),
  'the address was taken back': {
    before: async ({ userId }) => {
      const takeBack = await changeEmail(app, { userId, to: newEmail() })
      return () => app.takeBackEmail.takeBack(takeBack, SOMEWHERE)
    },
  },
  'a sign-in was disowned': {
    before: async (ada) => {
      const secret = await kinds['about a new device'].make(ada)
      return () => app.disownSignIn.byLink(secret, SOMEWHERE)
    },
  },
  'the account was disabled': disable,
  'the account was disabled, and enabled again': async (link) => {
    await disable(link)
    await app.administration.enable(admin.first.acting, link.ada.userId)
  },
  'the account was deleted': ({ ada }) => app.access.remove(admin.first.acting, ada.userId),
} satisfies Record<string, Event>
type EventName = keyof typeof events

/** What only takes access away, and goes to a mailbox that the owner had, is left to them. */
const SURVIVED: Record<KindName, readonly EventName[]> = {
  'handed to who forgot their password': [],
  'mailed by an administrator': [],
  // Or whoever asks again and again would kill the owner's link.
  'mailed to who forgot their password': ['another one was asked for'],
  'mailed after “It wasn’t me”': [],
  'to a new address': [],
  'to the old address': [
    'another one was asked for',
    'the password was changed',
    'a password was chosen by another link',
    'the address was changed',
    'the account was disabled',
    'the account was disabled, and enabled again',
  ],
  'about a new device': [
    // It says what was done then, and does nothing more.
    'it was used',
    'another one was asked for',
    'the password was changed',
    'a password was chosen by another link',
    'the address was changed',
    'the address was changed by an administrator',
    'the address was taken back',
    'a sign-in was disowned',
    'the account was disabled',
    'the account was disabled, and enabled again',
  ],
  // It is no way in: who has it needs the password besides.
  'to the next second factor': [
    'the password was changed',
    'a password was chosen by another link',
  ],
}

/** Who disowned a sign-in has no password and no session: there is nobody who could do these. */
const IMPOSSIBLE: Partial<Record<KindName, readonly EventName[]>> = {
  'mailed after “It wasn’t me”': [
    'another one was asked for',
    'the password was changed',
    'the address was taken back',
    'a sign-in was disowned',
  ],
}

/** Whether a link still works when that has happened to its person's account. */
async function worksAfter(event: EventName, kind: KindName): Promise<boolean> {
  const ada = await addPerson(app)
  const entry: Event = events[event]
  const happens = 'before' in entry ? await entry.before(ada) : entry
  const { make, works, use } = kinds[kind]
  const secret = await make(ada)
  expect(await works(secret)).toBe(true)
  await happens({ ada, kind, secret })
  const still = await works(secret)
  // What the page says is what a press does.
  expect([event, (await use(secret)).ok]).toEqual([event, still])
  return still
}

const IN_TIME = 'its time is over'

test.each(KIND_NAMES)(
  'a link %s is dead after each event that should kill it, and after no other',
  async (kind) => {
    // Time goes by, after which no proof is fresh.
    admin = await addAdministrator(app)
    const possible = (Object.keys(events) as EventName[]).filter(
      (event) => event !== IN_TIME && !IMPOSSIBLE[kind]?.includes(event),
    )
    const found = await Promise.all(
      possible.map(async (event) => ({ event, works: await worksAfter(event, kind) })),
    )
    expect(found).toEqual(
      possible.map((event) => ({ event, works: SURVIVED[kind].includes(event) })),
    )
    expect(await worksAfter(IN_TIME, kind)).toBe(false)
  },
)
