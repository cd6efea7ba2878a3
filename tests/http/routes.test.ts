import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRowSecret } from '~/accounts/row-secret'
import { dump, withoutActivity } from '../support/dump'
import { dataPath, readRoutes, type BuiltRoute } from '../support/routes'
import { startOpenServer, type TestServer } from '../support/server'
import { sessionCookie } from '../support/session-cookie'
import { createVisitor, type Visitor } from '../support/visitor'

/**
 * Open on purpose, each with the reason. Every other route must refuse whoever is not signed in:
 * one that is added without a guard fails here until it has one, or its reason in this list.
 */
const OPEN: Record<string, string> = {
  root: 'says nothing to somebody who is not signed in',
  'routes/_index': 'only leads on',
  'routes/login': 'the way in',
  'routes/login_.passkey': 'the way in: a challenge, the same for everybody',
  'routes/signup': 'the way in',
  'routes/setup': 'opened by the secret of its link, while there is no user',
  'routes/password-link': 'opened by the secret of its link',
  'routes/signup-link': 'opened by the secret of its link',
  'routes/confirm-email': 'opened by the secret of its link',
  'routes/take-back-email': 'opened by the secret of its link',
  'routes/not-me': 'opened by the secret of its link',
  'routes/add-factor': 'keeps a link, which opens nothing by itself',
  'routes/forgot-password': 'a text for everybody',
  'routes/[.]well-known.change-password': 'only leads on',
  'routes/logout': 'whoever is out already gets what they wanted',
  'routes/$': 'says only that nothing is there',
  'routes/api.$': 'says only that nothing is there',
}

const SOMEBODY = '01890000-0000-7000-8000-000000000000'
const routes = await readRoutes({ userId: SOMEBODY })
const guarded = routes.filter((route) => !(route.id in OPEN))
const forPrograms = guarded.filter(({ id }) => id.startsWith('routes/api.'))
const forPeople = guarded.filter((route) => !forPrograms.includes(route))
const forAdministrators = guarded.filter(({ id }) => id.startsWith('routes/admin'))

const ADA = { email: 'ada@private.example', name: 'Ada Unmistakable' }

type Way = { method: string; path: string }

/** Every way in which a browser, or somebody with curl, can reach a route. */
const waysTo = ({ id, path, hasAction }: BuiltRoute): Way[] => [
  { method: 'GET', path },
  { method: 'HEAD', path },
  { method: 'GET', path: dataPath(path) },
  { method: 'GET', path: `${dataPath(path)}?_routes=${encodeURIComponent(id)}` },
  ...(hasAction ? [path, dataPath(path)].map((path) => ({ method: 'POST', path })) : []),
]

describe('every route of the manifest', () => {
  let server: TestServer
  let ada: Visitor
  let grace: Visitor
  let cookies: Record<string, string>
  let idsOfAda: Record<string, string>

  beforeAll(async () => {
    server = await startOpenServer()
    ada = createVisitor(server.origin)
    grace = createVisitor(server.origin)
    await ada.signUp(ADA.email, ADA.name)
    await grace.signUp('grace@private.example', 'Grace')
    const [user] = (await dump(server)).User!.filter(({ name }) => name === ADA.name)
    const [session] = (await dump(server)).Session!.filter(({ userId }) => userId === user!.id)
    idsOfAda = { userId: String(user!.id), sessionId: String(session!.id), id: String(user!.id) }
    const elsewhere = createVisitor(server.origin)
    await elsewhere.signIn(ADA.email)
    cookies = {
      'no cookie': '',
      'a made-up cookie': sessionCookie(server.origin, createRowSecret(String(session!.id))),
      'the cookie of a session that has ended': elsewhere.cookieHeader(),
    }
    await ada.confirm('/profile', { intent: 'sign-out-of-sessions' })
  })
  afterAll(() => server.dispose())

  function send({ method, path }: Way, cookie: string, fields: Record<string, string>) {
    const query = `${path.includes('?') ? '&' : '?'}${new URLSearchParams(fields)}`
    return fetch(server.origin + path + (method === 'POST' ? '' : query), {
      method,
      redirect: 'manual',
      headers: { Origin: server.origin, ...(cookie && { Cookie: cookie }) },
      ...(method === 'POST' && { body: new URLSearchParams(fields) }),
    })
  }

  it('is either guarded or open on purpose', () => {
    expect(guarded.map(({ id }) => id)).toContain('routes/profile')
    const known = routes.map(({ id }) => id)
    expect(Object.keys(OPEN).filter((id) => !known.includes(id))).toEqual([])
  })

  it.each(forPeople)('refuses everybody who is not signed in: $id', async (route) => {
    for (const [whose, cookie] of Object.entries(cookies)) {
      for (const way of waysTo(route)) {
        const answer = await send(way, cookie, {})
        const body = await answer.text()
        const what = `${way.method} ${way.path} with ${whose}: ${answer.status} ${body}`
        expect(leadsToSignIn(answer, body), what).toBe(true)
        expect(Object.values(ADA).filter((mark) => body.includes(mark))).toEqual([])
      }
    }
  })

  it.each(forPrograms)('refuses whoever brings no token, signed in or not: $id', async (route) => {
    for (const cookie of ['', ada.cookieHeader()]) {
      for (const way of [...waysTo(route), { method: 'DELETE', path: route.path }]) {
        const answer = await send(way, cookie, {})
        expect([way, answer.status]).toEqual([way, 401])
        expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer')
      }
    }
  })

  it.each(forAdministrators)('refuses everybody who is no administrator: $id', async (route) => {
    for (const way of waysTo(route)) {
      const formToken = await grace.formToken()
      const answer = await send(way, grace.cookieHeader(), { formToken })
      expect([way, answer.status]).toEqual([way, 403])
    }
  })

  it.each(routes)('gives nothing of somebody else, whatever ids are sent: $id', async (route) => {
    if (!(await grace.isSignedIn())) await grace.signIn('grace@private.example')
    const fields = { ...idsOfAda, intent: 'sign-out-of-session', confirmed: 'yes' }
    const rowsBefore = await rowsOfAda(server, idsOfAda.userId!)
    const path = route.path.replace(SOMEBODY, idsOfAda.userId!)
    for (const way of waysTo({ ...route, path })) {
      const formToken = way.method === 'POST' ? await grace.formToken() : ''
      const answer = await send(way, grace.cookieHeader(), { ...fields, formToken })
      const body = await answer.text()
      expect(answer.status).toBeLessThan(500)
      expect(Object.values(ADA).filter((mark) => body.includes(mark))).toEqual([])
    }
    expect(await rowsOfAda(server, idsOfAda.userId!)).toEqual(rowsBefore)
    expect(await ada.isSignedIn()).toBe(true)
  })
})

/** A redirect to sign-in: to a document as such, to a request for data inside its body as well. */
function leadsToSignIn({ status, headers }: Response, body: string): boolean {
  if (!/^\/login(\?|$)/.test(headers.get('Location') ?? '')) return false
  return status === 302 || (status === 202 && body.includes('"redirect","/login'))
}

async function rowsOfAda(server: TestServer, userId: string) {
  const { User, Session } = withoutActivity(await dump(server))
  return {
    user: User!.find(({ id }) => id === userId),
    sessions: Session!.filter((row) => row.userId === userId),
  }
}
