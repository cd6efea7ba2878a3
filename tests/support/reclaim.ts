import { createAttemptLimits } from '../../app/accounts/attempt-limits'
import { createRecordAudit } from '../../app/accounts/audit/record'
import { createOneTimeLinks } from '../../app/accounts/one-time-links'
import { createDisownSignIn } from '../../app/accounts/reclaim/disown-sign-in'
import { createTakeBackEmail } from '../../app/accounts/reclaim/take-back-email'
import { newId } from '../../app/accounts/row-id'
import { createSecret, hashSecret } from '../../app/accounts/secret-token'
import { createEmailChanges } from '../../app/accounts/users/email-changes'
import type { LinkPurpose } from '../../app/database/types'
import { createEnqueueMail } from '../../app/mail/enqueue'
import { models } from './models'
import { silentLog, type TestServices } from './services'

/** The services by which people get their account back, as they are where mail can be sent. */
export function createReclaiming(app: TestServices) {
  const deps = {
    ...app,
    links: createOneTimeLinks(app),
    limits: createAttemptLimits({ ...app, log: silentLog }),
    record: createRecordAudit(app),
    enqueueMail: createEnqueueMail({ clock: app.clock, isSetUp: true }),
    policy: app.sessions.policy,
  }
  return {
    emailChanges: createEmailChanges(deps),
    takeBackEmail: createTakeBackEmail(deps),
    disownSignIn: createDisownSignIn(deps),
  }
}

/** The secret of a link, as a mail would have it. */
export async function addLink(
  { database, clock }: TestServices,
  link: { purpose: LinkPurpose; userId: string; about?: string },
): Promise<string> {
  const secret = createSecret()
  const now = clock.now()
  await database.client.oneTimeLink.create({
    data: {
      ...{ id: newId(), tokenHash: hashSecret(secret), ...link },
      ...{ createdAt: now, expiresAt: new Date(now.getTime() + 30 * 24 * 3_600_000) },
    },
  })
  return secret
}

/** An address that was changed and confirmed. Returns the secret of the link that takes it back. */
export async function changeEmail(
  app: TestServices,
  { userId, to, session = newId() }: { userId: string; to: string; session?: string },
): Promise<string> {
  const { client } = app.database
  const { email } = await client.user.findUniqueOrThrow({ where: { id: userId } })
  const [id, createdAt] = [newId(), app.clock.now()]
  await client.emailChange.create({
    data: { id, userId, fromEmail: email, toEmail: to, createdAt, createdBySession: session },
  })
  const secret = await addLink(app, { purpose: 'confirm_email', userId, about: id })
  const done = await createReclaiming(app).emailChanges.confirm(secret, SOMEWHERE)
  if (!done.ok) throw new Error(`The address was not changed: ${done.code}`)
  return addLink(app, { purpose: 'take_back_email', userId, about: id })
}

export const SOMEWHERE = { ip: '198.51.100.7', userAgent: 'test' }

/** The models whose rows a session made for its person: each says which session it was. */
export const madeBySessions = models.filter(({ columns }) =>
  columns.some(({ name }) => name === 'createdBySession'),
)

/** A row of such a model, with a value in every column that has to have one. */
export async function addMade(
  { database, clock }: TestServices,
  model: string,
  { userId, session }: { userId: string; session: string },
): Promise<void> {
  const { columns } = models.find(({ name }) => name === model)!
  const later = new Date(clock.time() + 24 * 3_600_000)
  const values: Record<string, unknown> = {
    ...{ userId, createdBySession: session, createdAt: clock.now(), expiresAt: later },
    applicationId: null,
  }
  const row = columns
    .filter(({ name, required }) => required || name in values)
    .map(({ name, type }) => [name, name in values ? values[name] : sample(type, clock.now())])
  const key = model[0]!.toLowerCase() + model.slice(1)
  const tables = database.client as unknown as Record<string, Table>
  await tables[key]!.create({ data: Object.fromEntries(row) as object })
}

type Table = { create(query: { data: object }): Promise<unknown> }

function sample(type: string, now: Date) {
  if (type === 'DateTime') return now
  if (type === 'Bytes') return new Uint8Array(Buffer.from(newId()))
  if (type === 'Int') return 1
  if (type === 'BigInt') return 1n
  if (type === 'Boolean') return true
  return newId()
}
