import { beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addSession,
  openServices,
  type TestServices,
  untilMemoryIsUsed,
} from '../../../tests/support/services'
import { days, hours, minutes } from '../time'
import { newId } from '../row-id'
import { createSecret } from '../secret-token'
import { createRowSecret } from '../row-secret'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

describe('a secret opens nothing', () => {
  const malformed = {
    missing: undefined,
    null: null,
    empty: '',
    'too short': `${newId()}.${'a'.repeat(42)}`,
    'too long': `${newId()}.${'a'.repeat(44)}`,
    'very long': 'x'.repeat(1_000_000),
    padded: `${newId()}.${'a'.repeat(42)}=`,
    'with a NUL': `${newId()}.${'a'.repeat(42)}\0`,
    'with another alphabet': `${newId()}.${'a'.repeat(42)}é`,
    'without an id': `${'a'.repeat(36)}.${createSecret()}`,
    'a number': 42,
    'an object': {},
    'a list': [createRowSecret(newId())],
  }
  test.each(Object.entries(malformed))('when it is %s', async (_, secret) => {
    expect(await app.sessions.verify(secret)).toBeNull()
    expect(app.sessions.verifyFromMemory(secret)).toBeUndefined()
  })

  test('when nobody has it', async () => {
    expect(await app.sessions.verify(createRowSecret(newId()))).toBeNull()
  })

  test('when its random part is missing, made up, alone, or with the id of another', async () => {
    const person = await addPerson(app)
    const { id, secret } = person.first
    const other = await addSession(app, person)
    const random = secret.slice(id.length + 1)
    const wrong = [
      id,
      `${id}.`,
      createRowSecret(id),
      random,
      `${other.id}.${random}`,
      `${newId()}.${random}`,
      `${id.toUpperCase()}.${random}`,
      `${id}:${random}`,
      `${id}.${random}.${random}`,
    ]
    for (const text of wrong) {
      expect(await app.sessions.verify(text)).toBeNull()
      expect(app.sessions.verifyFromMemory(text)).toBeUndefined()
    }
    expect(await app.sessions.verify(secret)).not.toBeNull()
    for (const text of wrong) expect(app.sessions.verifyFromMemory(text)).toBeUndefined()
  })

  test('when it is the stored hash', async () => {
    const { id } = await addSession(app, await addPerson(app))
    const { tokenHash } = await app.database.client.session.findUniqueOrThrow({ where: { id } })
    const hash = Buffer.from(tokenHash).toString('base64url')
    expect(await app.sessions.verify(`${id}.${hash}`)).toBeNull()
    expect(await app.sessions.verify(hash)).toBeNull()
  })

  test('from the moment at which its session expires', async () => {
    const { secret, endsAt } = await addSession(app, await addPerson(app), { kept: false })
    app.clock.pass(endsAt.getTime() - app.clock.time() - 1)
    await untilMemoryIsUsed(app)
    expect(await app.sessions.verify(secret)).not.toBeNull()
    expect(app.sessions.verifyFromMemory(secret)).toBeDefined()
    app.clock.pass(1)
    expect(app.sessions.verifyFromMemory(secret)).toBeUndefined()
    expect(await app.sessions.verify(secret)).toBeNull()
  })

  test('while its user is disabled', async () => {
    const person = await addPerson(app)
    await app.revocations.commit(async (tx, announce) => {
      const disabledAt = app.clock.now()
      await tx.user.update({ where: { id: person.userId }, data: { disabledAt } })
      announce({ type: 'user-changed', userId: person.userId })
    })
    expect(await app.sessions.verify(person.first.secret)).toBeNull()
  })

  test('when the row is gone, whoever deleted it', async () => {
    const person = await addPerson(app)
    await app.query('DELETE FROM "Session" WHERE "id" = ?', person.first.id)
    // An answer comes after everything that was said before the question.
    await app.nodes.countTabs(person.userId)
    app.clock.pass(200)
    expect(app.sessions.verifyFromMemory(person.first.secret)).toBeUndefined()
    expect(await app.sessions.verify(person.first.secret)).toBeNull()
  })
})

describe('a session that is used', () => {
  test('says whose it is and what keys its forms, but not its secret', async () => {
    const person = await addPerson(app, 'Grace')
    const viewer = await app.sessions.verify(person.first.secret)
    expect(viewer).toEqual({
      user: {
        id: person.userId,
        username: person.email.split('@')[0]!.slice(0, 29),
        name: 'Grace',
        email: person.email,
        role: 'user',
      },
      session: {
        id: person.first.id,
        createdAt: app.clock.now(),
        endsAt: person.first.endsAt,
        authenticatedAt: app.clock.now(),
        secondFactor: null,
        formKey: expect.stringMatching(/^[\w-]{43}$/) as string,
        secretKey: expect.stringMatching(/^[\w+/]{43}=$/) as string,
      },
    })
    expect(JSON.stringify(viewer)).not.toContain(person.first.secret.split('.')[1])
  })

  test('lives on past the idle limit, up to its absolute one and no further', async () => {
    const { secret, endsAt } = await addSession(app, await addPerson(app), { kept: true })
    const visit = async () => {
      const session = await app.sessions.verifySession(secret)
      if (session) await app.sessions.recordActivity(session, '192.0.2.1')
      return session !== null
    }
    while (app.clock.time() + days(13) < endsAt.getTime()) {
      app.clock.pass(days(13))
      expect(await visit()).toBe(true)
      await app.sessions.purge()
    }
    app.clock.pass(endsAt.getTime() - app.clock.time() - 1)
    expect(await visit()).toBe(true)
    app.clock.pass(1)
    expect(await visit()).toBe(false)
  })

  test('ends after two weeks without use, checks by the page itself not counted', async () => {
    const { secret } = await addSession(app, await addPerson(app), { kept: true })
    app.clock.pass(days(14) - 1)
    expect(await app.sessions.verify(secret)).not.toBeNull()
    app.clock.pass(1)
    expect(await app.sessions.verify(secret)).toBeNull()
  })

  test('shows the new name at once when it changes', async () => {
    const { first } = await addPerson(app, 'Ada')
    await app.ownAccount.rename(first.acting, 'Countess')
    expect((await app.sessions.verify(first.secret))?.user.name).toBe('Countess')
  })
})

describe('when the wall clock jumps', () => {
  test('five minutes ahead, no session ends', async () => {
    const person = await addPerson(app)
    const others = [await addSession(app, person), await addSession(app, person, { kept: false })]
    app.clock.jump(minutes(5))
    await app.sessions.purge()
    for (const { secret } of others) expect(await app.sessions.verify(secret)).not.toBeNull()
    expect(await app.sessions.countActive(person)).toBe(3)
  })

  test('a day back, no session ends and none lives longer than that day', async () => {
    const person = await addPerson(app)
    const { secret, endsAt } = await addSession(app, person, { kept: false })
    app.clock.jump(-days(1))
    const session = await app.sessions.verifySession(secret)
    await app.sessions.recordActivity(session!, '192.0.2.1')
    await app.sessions.purge()
    expect(await app.sessions.verify(secret)).not.toBeNull()
    app.clock.jump(days(1))
    expect(await app.sessions.verify(secret)).not.toBeNull()
    app.clock.pass(endsAt.getTime() - app.clock.time())
    expect(await app.sessions.verify(secret)).toBeNull()
  })

  test('a day back and again forth, use in between neither ends a session nor makes it immortal', async () => {
    const { secret } = await addSession(app, await addPerson(app), { kept: true })
    app.clock.jump(-days(1))
    const session = await app.sessions.verifySession(secret)
    await app.sessions.recordActivity(session!, '192.0.2.1')
    await app.sessions.purge()
    app.clock.jump(days(1))
    app.clock.pass(days(14) - hours(1))
    expect(await app.sessions.verify(secret)).not.toBeNull()
    app.clock.pass(hours(1))
    expect(await app.sessions.verify(secret)).toBeNull()
  })
})
