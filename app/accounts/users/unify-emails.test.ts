import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  addPerson,
  openServices,
  PASSWORD,
  silentLog,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { createRecordAudit } from '../audit/record'
import { unifyEmails } from './unify-emails'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

const warn = vi.fn()
const unify = () =>
  unifyEmails({ ...app, record: createRecordAudit(app), log: { ...silentLog, warn } as never })

/** Somebody whose address was stored by a version that kept it as it was typed. */
async function addWith(email: string): Promise<Person> {
  const person = await addPerson(app)
  await app.database.client.user.update({ where: { id: person.userId }, data: { email } })
  return person
}
const emailOf = async ({ userId: id }: Person) =>
  (await app.database.client.user.findUniqueOrThrow({ where: { id } })).email

test('an address with an international host is stored anew, and its owner can sign in', async () => {
  const ada = await addWith('ada@bücher.example')
  await unify()
  expect(await emailOf(ada)).toBe('ada@xn--bcher-kva.example')
  const origin = { ip: '192.0.2.1', userAgent: '' }
  const signedIn = await app.signIn({
    email: 'ada@xn--bcher-kva.example',
    password: PASSWORD,
    keep: false,
    origin,
  })
  expect(signedIn.ok).toBe(true)
  const { events } = await app.searchAudit({
    userId: ada.userId,
    kind: 'user.email-changed',
    at: null,
  })
  expect(events).toMatchObject([
    { actor: null, details: { from: 'ada@bücher.example', to: 'ada@xn--bcher-kva.example' } },
  ])
})

test('several nodes that start at once do it once', async () => {
  const ada = await addWith('zoe@bücher.example')
  await Promise.all([unify(), unify(), unify()])
  expect(await emailOf(ada)).toBe('zoe@xn--bcher-kva.example')
  const { events } = await app.searchAudit({
    userId: ada.userId,
    kind: 'user.email-changed',
    at: null,
  })
  expect(events).toHaveLength(1)
})

describe('an address stays as it is', () => {
  test('when another account has its one form already, and the log says so', async () => {
    const first = await addWith('grace@xn--bcher-kva.example')
    const second = await addWith('grace@bücher.example')
    await unify()
    expect([await emailOf(first), await emailOf(second)]).toEqual([
      'grace@xn--bcher-kva.example',
      'grace@bücher.example',
    ])
    expect(warn).toHaveBeenCalledWith(
      expect.objectContaining({ userId: second.userId }),
      expect.stringContaining('two accounts'),
    )
  })

  test.each(['jürgen@example.com', 'max@bü_cher.example'])(
    'when it is in its one form already, or has none: %s',
    async (email) => {
      const person = await addWith(email)
      await unify()
      expect(await emailOf(person)).toBe(email)
    },
  )
})
