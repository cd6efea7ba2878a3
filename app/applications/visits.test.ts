import { beforeAll, expect, test } from 'vitest'
import { addApplication } from '../../tests/support/applications'
import { addPerson, addToken, openServices, type TestServices } from '../../tests/support/services'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})

test('a token for an application shows when and from where it was last used', async () => {
  const ada = await addPerson(app)
  const { id } = await addApplication(app)
  const token = await addToken(app, ada.first, { scopes: [], applicationId: id })
  const application = await app.forwardAuth.byId(id)
  const question = {
    ...{ method: 'PROPFIND', target: '/', isNavigation: false, isWebSocket: false },
    ...{ origin: undefined, fetchSite: undefined, cookie: undefined, token },
  }
  const decision = await app.forwardAuth.decide(question, application!)
  if (decision.kind !== 'allowed') throw new Error(decision.kind)
  await app.visits.note(decision.visitor!, () => '192.0.2.7')
  await app.tokens.flush()
  expect(
    await app.database.client.apiToken.findFirst({ where: { applicationId: id } }),
  ).toMatchObject({ lastUsedIp: '192.0.2.7' })
})
