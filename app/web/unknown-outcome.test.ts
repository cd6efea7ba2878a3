import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { unknownOutcome, WHETHER } from './unknown-outcome'

const routes = readdirSync('app/routes').map((file) => ({
  id: `routes/${file.replace(/\.tsx?$/, '')}`,
  text: readFileSync(`app/routes/${file}`, 'utf8'),
}))
const pagesWithForms = routes.filter(
  ({ id, text }) => text.includes('export async function action') && !id.startsWith('routes/api.'),
)

const outcomeOf = async (routeId: string, body: string) =>
  ((await unknownOutcome(routeId, body).json()) as { unknownOutcome: unknown }).unknownOutcome

test('a form with a password is not sent again: no page carries one', async () => {
  expect(await outcomeOf('routes/profile_.delete', 'currentPassword=x&confirmed=yes')).toEqual({
    whether: 'your account was deleted',
    fields: null,
  })
})

test('a form without one is offered again as it was sent', async () => {
  const body = 'intent=sign-out-of-session&sessionId=1&sessionId=2&confirmed=yes'
  expect(await outcomeOf('routes/profile', body)).toEqual({
    whether: 'those sessions were signed out',
    fields: [
      ['intent', 'sign-out-of-session'],
      ['sessionId', '1'],
      ['sessionId', '2'],
      ['confirmed', 'yes'],
    ],
  })
})

test.each(Object.keys(WHETHER))('"%s" is a form that there is', (key) => {
  const [id, intent] = key.split(' ')
  const route = pagesWithForms.find((page) => page.id === id)
  expect(route).toBeDefined()
  if (intent !== undefined) expect(route?.text).toContain(`'${intent}'`)
})

test.each(pagesWithForms.map(({ id }) => id))('the forms of %s have words of their own', (id) => {
  expect(Object.keys(WHETHER).some((key) => key.split(' ')[0] === id)).toBe(true)
})
