import { expect } from 'vitest'
import type { StartedSession } from '../../app/accounts/sessions/insert'
import type { GivenProof } from '../../app/accounts/sign-in/step-up'
import { fromAnywhere } from './factors'
import { BROWSER } from './passkeys'
import { ANY_TOKEN, PASSWORD, type Person, type SignedIn, type TestServices } from './services'

/** Gives a proof of who is in a session: the right password, unless told otherwise. */
export const prove = (
  { stepUp }: Pick<TestServices, 'stepUp'>,
  { acting }: Pick<SignedIn, 'acting'>,
  given: Partial<GivenProof> = {},
  origin = fromAnywhere(),
) =>
  stepUp.prove(acting, origin, {
    ...{ kind: 'password', text: PASSWORD, browser: BROWSER },
    ...given,
  })

type Result = { ok: true; session: StartedSession } | { ok: false; code: string }

/** The session as it goes on after a proof, or begins with one. */
export async function goesOn(
  { sessions }: Pick<TestServices, 'sessions'>,
  result: Result,
): Promise<Pick<SignedIn, 'acting'>> {
  if (!result.ok) expect.fail(result.code)
  const viewer = await sessions.verify(result.session.secret)
  return { acting: { viewer: viewer!, ip: '192.0.2.1' } }
}

/** That a proof opens what takes one, and is in the log as what it was. */
export async function expectProved(app: TestServices, { userId }: Person, result: Result) {
  const { acting } = await goesOn(app, result)
  expect(acting.viewer.session.authenticatedAt).toEqual(app.clock.now())
  expect(await app.apiTokens.create(acting, ANY_TOKEN)).toMatchObject({ ok: true })
  const where = { subjectId: userId, kind: 'session.proved' }
  const orderBy = { id: 'desc' } as const
  const event = await app.database.client.auditEvent.findFirstOrThrow({ where, orderBy })
  return JSON.parse(event.details) as unknown
}
