import { expect, test } from 'vitest'
import { addApplication, reach } from '../../../tests/support/applications'
import { addAuthenticator, addFactors, fromAnywhere } from '../../../tests/support/factors'
import { addPasskey, BROWSER } from '../../../tests/support/passkeys'
import { createReclaiming } from '../../../tests/support/reclaim'
import { addPerson, addSession, openServices, PASSWORD } from '../../../tests/support/services'
import type { Person } from '../../../tests/support/services'

const app = await openServices()
const wiki = await addApplication(app)

/** What gives a session another secret for something that was changed, and what it tells tabs at applications. */
const CHANGES: [what: string, reason: string, change: (person: Person) => Promise<unknown>][] = [
  [
    'another password',
    'password-changed',
    ({ first }) =>
      app.ownAccount.changePassword(first.acting, {
        ...{ currentPassword: PASSWORD, newPassword: 'nine red bicycles', endOthers: false },
      }),
  ],
  [
    'an authenticator that is set up',
    'factor-shown',
    ({ first: { acting } }) => addAuthenticator(app, acting),
  ],
  [
    'a code that is shown for an application',
    'factor-shown',
    async (person) => {
      const { code } = await addFactors(app, person)
      const shown = { factor: 'authenticator', code: code() } as const
      return app.ownFactors.prove(person.first.acting, fromAnywhere(), shown)
    },
  ],
  [
    'a passkey that is shown for an application',
    'factor-shown',
    async ({ first }) => {
      const authenticator = await addPasskey(app, first)
      const { acting } = first
      const answer = authenticator.use(await app.stepUp.optionsFor(acting.viewer, BROWSER))
      const shown = { factor: 'passkey', answer, browser: BROWSER } as const
      return app.ownFactors.prove(acting, fromAnywhere(), shown)
    },
  ],
  [
    'a sign-in that was disowned',
    'account-secured',
    async (person) => {
      const other = await addSession(app, person)
      return createReclaiming(app).disownSignIn.bySession(person.first.acting, other.id)
    },
  ],
]

test.each(CHANGES)(
  'tabs at applications are told the true reason of: %s',
  async (_, reason, change) => {
    const person = await addPerson(app)
    const { userId, first } = person
    const id = await reach(app, { sessionId: first.id, userId }, wiki)
    const told: unknown[] = []
    const stop = app.revocations.subscribe((revocation) => {
      if (revocation.type === 'application-sign-ins-ended') told.push(revocation)
    })
    expect(await change(person)).toMatchObject({ ok: true })
    stop()
    // PostgreSQL tells it once more, as it tells other nodes.
    expect(told).not.toEqual([])
    for (const one of told) expect(one).toMatchObject({ applicationSessionIds: [id], reason })
    expect(await app.sessions.verify(first.secret)).toBeNull()
  },
)
