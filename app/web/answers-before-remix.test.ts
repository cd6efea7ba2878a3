import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { Bearer } from '~/accounts/api-tokens/scopes'
import type { Viewer } from '~/accounts/viewer'
import { createAnswersBeforeRemix } from './answers-before-remix'
import { createClientAddress, type TrustProxy } from './client-address'
import { PROOF_HEADER, proofOf } from './same-database'
import { createSessionCookie } from './session-cookie'

const user = {
  ...{ id: 'u1', username: 'ada', name: 'Ada', email: 'ada@example.com' },
  role: 'user',
} as const
const createdAt = new Date('2030-05-01T12:00:00Z')
const endsAt = new Date('2030-05-02T12:00:00Z')

/** What is remembered may hold more than anybody is to read. */
const hidden = { formKey: 'hidden', secretKey: 'hidden', tokenHash: 'hidden' } as const
const viewer: Viewer = {
  user: { ...hidden, ...user },
  session: {
    ...hidden,
    ...{ id: 's1', createdAt, endsAt, authenticatedAt: createdAt, secondFactor: null },
  },
  ...hidden,
}
const bearerWith = (scopes: Bearer['token']['scopes']): Bearer => ({
  user: { ...hidden, ...user },
  token: { ...hidden, id: 't1', name: 'Backup', scopes },
  ...hidden,
})

/** What the session check tells somebody who is found in memory, or else in the database. */
async function check(
  found: { viewer?: Viewer; bearer?: Bearer },
  headers: Record<string, string>,
  isInMemory = true,
): Promise<unknown> {
  const verifier = <T>(value: T | undefined) => ({
    verifyFromMemory: () => (isInMemory ? value : undefined),
    verify: () => Promise.resolve(value ?? null),
  })
  const { url } = await serve({
    sessions: verifier(found.viewer),
    tokens: verifier(found.bearer),
    database: { ping: () => Promise.resolve(), identity: 'ours' },
  })
  return (await fetch(`${url}/api/v1/session`, { headers })).json()
}

/** A server that gives nothing but these answers, and the lines of its log. */
async function serve(
  services: Parameters<typeof createAnswersBeforeRemix>[0]['services'],
  trustProxy: TrustProxy = null,
) {
  const lines: string[] = []
  const answer = createAnswersBeforeRemix({
    services,
    sessionCookie: createSessionCookie('http://localhost:3000'),
    clientAddress: createClientAddress(trustProxy),
    trustProxy,
    headers: {},
    log: pino({}, { write: (line) => lines.push(line) }),
  })
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, lines }
}

test.each([
  ['/readyz', {}],
  ['/api/v1/session', { Cookie: 'latchkey-3000=x' }],
  ['/api/v1/session?check', { Cookie: 'latchkey-3000=x' }],
  ['/api/v1/session', { Authorization: 'Bearer x' }],
])('%s is answered by 503 when the database fails, and the log says why', async (path, headers) => {
  const fails = () => Promise.reject(new Error('the disk is gone'))
  const verifier = { verifyFromMemory: () => undefined, verify: fails }
  const { url, lines } = await serve({
    sessions: verifier,
    tokens: verifier,
    database: { ping: fails, identity: 'ours' },
  })
  expect((await fetch(url + path, { headers })).status).toBe(503)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('the disk is gone')
})

test.each([true, false])(
  'a session is described by what its person may read, and nothing else (from memory: %s)',
  async (isInMemory) => {
    expect(await check({ viewer }, { Cookie: 'latchkey-3000=x' }, isInMemory)).toEqual({
      user,
      session: { id: 's1', createdAt: createdAt.toISOString(), endsAt: endsAt.toISOString() },
    })
  },
)

test('an API token is described by what its scopes allow, and nothing else', async () => {
  const headers = { Authorization: 'Bearer x' }

  expect(await check({ viewer, bearer: bearerWith(['profile:read']) }, headers)).toEqual({
    user,
    token: { id: 't1', name: 'Backup', scopes: ['profile:read'] },
  })
  expect(await check({ viewer, bearer: bearerWith(['users:write']) }, headers)).toEqual({
    user: { id: 'u1', role: 'user' },
    token: { id: 't1', name: 'Backup', scopes: ['users:write'] },
  })
})

test('a malformed Authorization header opens nothing, whatever the cookie', async () => {
  for (const Authorization of ['Bearer', 'Bearer x y', 'Basic x', '']) {
    const headers = { Authorization, Cookie: 'latchkey-3000=x' }
    const found = { viewer, bearer: bearerWith(['profile:read']) }
    expect(await check(found, headers)).toEqual({ error: 'unauthorized' })
  }
})

test('how a request arrived is told to whoever sent it', async () => {
  const nobody = { verifyFromMemory: () => undefined, verify: () => Promise.resolve(null) }
  const services = {
    sessions: nobody,
    tokens: nobody,
    database: { ping: () => Promise.reject(new Error('asked')), identity: 'ours' },
  }
  const direct = await serve(services)
  const behind = await serve(services, 1)
  const ask = async ({ url }: { url: string }, headers: Record<string, string> = {}) =>
    (await fetch(`${url}/api/v1/connection`, { headers })).json() as unknown
  const forwarded = { 'X-Forwarded-For': '192.0.2.1' }
  const here = '127.0.0.1'

  const host = new URL(direct.url).host
  expect(await ask(direct)).toEqual({ address: here, host, isForwarded: false })
  expect(await ask(direct, forwarded)).toEqual({ address: here, host, isForwarded: true })
  expect(await ask(behind, forwarded)).toMatchObject({ address: '192.0.2.1', isForwarded: true })
})

test('on which database a node is, and whom it trusts, is told only to who knows that database', async () => {
  const nobody = { verifyFromMemory: () => undefined, verify: () => Promise.resolve(null) }
  const answers = async (identity: string, proof: string) => {
    const database = { ping: () => Promise.resolve(), identity }
    const { url } = await serve({ sessions: nobody, tokens: nobody, database }, ['loopback'])
    const answer = await fetch(`${url}/api/v1/connection`, { headers: { [PROOF_HEADER]: proof } })
    const { host: _, ...said } = (await answer.json()) as Record<string, unknown>
    return said
  }
  const arrived = { address: '127.0.0.1', isForwarded: false }

  for (const proof of ['', 'x', `${'0'.repeat(32)}.${'0'.repeat(64)}`, proofOf('theirs')]) {
    expect(await answers('ours', proof)).toEqual({ ...arrived, sharesDatabase: false })
  }
  const shared = { sharesDatabase: true, trustProxy: ['loopback'] }
  expect(await answers('ours', proofOf('ours'))).toEqual({ ...arrived, ...shared })
})
