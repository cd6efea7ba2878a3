import { beforeAll, describe, expect, test } from 'vitest'
import { addPerson, openServices, type TestServices } from '../../tests/support/services'
import { createOneTimeLinks, LINK_LIFETIME, type OneTimeLinks } from './one-time-links'
import { createSecret } from './secret-token'

let app: TestServices
let links: OneTimeLinks
beforeAll(async () => {
  app = await openServices()
  links = createOneTimeLinks(app)
})

describe('a link does not work', () => {
  test('from the moment at which it expires', async () => {
    const { secret } = await makeLink()
    app.clock.pass(LINK_LIFETIME - 1)
    expect(await find(secret)).not.toBeNull()
    app.clock.pass(1)
    expect(await find(secret)).toBeNull()
  })

  test('for another purpose', async () => {
    const { secret } = await makeLink()
    expect(await links.find(app.database.client, { purpose: 'setup', secret })).toBeNull()
  })

  test.each([undefined, null, '', 'x', createSecret(), ['a']])(
    'when its secret is %j',
    async (secret) => {
      expect(await find(secret)).toBeNull()
    },
  )

  test('once a later one was made for the same person', async () => {
    const { secret, userId } = await makeLink()
    const later = await createFor(userId)
    expect(await find(secret)).toBeNull()
    expect(await find(later)).toMatchObject({ userId })
  })

  test('when its user is deleted', async () => {
    const { secret, userId } = await makeLink()
    await app.database.client.user.delete({ where: { id: userId } })
    expect(await find(secret)).toBeNull()
  })

  test('a second time', async () => {
    const { secret } = await makeLink()
    const link = await find(secret)
    const use = () => app.database.transaction((tx) => links.consume(tx, link!.id))
    expect(await use()).toBe(true)
    expect(await use()).toBe(false)
    expect(await find(secret)).toBeNull()
  })
})

test('of sixteen who use a link at once one succeeds', async () => {
  const { secret } = await makeLink()
  const use = () =>
    app.database.transaction(async (tx) => {
      const link = await links.find(tx, { purpose: 'password', secret })
      return link !== null && (await links.consume(tx, link.id))
    })
  const results = await Promise.all(Array.from({ length: 16 }, use))
  expect(results.filter(Boolean)).toHaveLength(1)
})

test('looking at a link does not use it up', async () => {
  const { secret, userId } = await makeLink()
  await find(secret)
  expect(await find(secret)).toMatchObject({ userId })
})

test('the secret is stored nowhere', async () => {
  const { secret, userId } = await makeLink()
  const row = await app.database.client.oneTimeLink.findFirstOrThrow({ where: { userId } })
  expect(Buffer.from(row.tokenHash).toString('latin1')).not.toContain(secret)
  expect(JSON.stringify(row)).not.toContain(secret)
})

test("another person's link stays when one is made", async () => {
  const [one, other] = [await makeLink(), await makeLink()]
  expect(await find(one.secret)).toMatchObject({ userId: one.userId })
  expect(await find(other.secret)).toMatchObject({ userId: other.userId })
})

const find = (secret: unknown) => links.find(app.database.client, { purpose: 'password', secret })

const createFor = (userId: string) =>
  app.database.transaction((tx) => links.create(tx, { purpose: 'password', userId }))

async function makeLink() {
  const { userId } = await addPerson(app)
  return { userId, secret: await createFor(userId) }
}
