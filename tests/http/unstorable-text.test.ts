import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readEveryForm, type EveryForm } from '../support/every-form'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

/** What URLs and forms can carry, SQLite keeps, and PostgreSQL takes for no text. */
const NUL = '\0'
const OF_EVERY_FORM = ['formToken', 'intent', 'confirmed']

let server: TestServer
let every: EveryForm
beforeAll(async () => {
  server = await startServer({ SIGNUP: 'open' })
  every = await readEveryForm(server)
})
afterAll(() => server.dispose())

describe('text that no database could store', () => {
  it('is refused in each field of each form, hidden ones too, and breaks none', async () => {
    const broken: string[] = []
    for (const [name, { path, fields }] of every.forms) {
      const named = [...new Set(fields.map(([field]) => field))]
      const valuesOf = (field: string) =>
        fields.filter(([one]) => one === field).map(([, value]) => value)
      for (const field of named.filter((one) => !OF_EVERY_FORM.includes(one))) {
        const values = named.map((one) => [
          one,
          valuesOf(one).map((value) => (one === field ? value + NUL : value)),
        ])
        const form = Object.fromEntries(values) as Record<string, string[]>
        const answer = await every.admin.post(path, { ...form, confirmed: 'yes' })
        if (answer.status >= 500) broken.push(`${name}: ${field}`)
      }
    }
    expect(broken).toEqual([])
  })

  it.each([
    '/login?redirectTo=%2Fopen%3Fapplication%3D%2500',
    '/open?application=%00&nonce=%00&to=%00',
    '/profile/activity?session=%00&at=%00',
    '/profile/not-me?session=%00',
    '/password-link?token=%00',
    '/add-factor?link=%00',
  ])('breaks no page: %s', async (path) => {
    for (const visitor of [every.admin, createVisitor(server.origin)]) {
      expect((await visitor.get(path)).status).toBeLessThan(500)
    }
  })
})
