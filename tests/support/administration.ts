import { hash, randomUUID } from 'node:crypto'
import type { TestServer } from './server'
import { createVisitor, type Visitor } from './visitor'

/** Signed in, with the id and address of their account. */
export type Someone = Visitor & { id: string; email: string }

/** What administrators and programs do over HTTP, for tests that are about what follows from it. */
export function createAdministration(server: TestServer) {
  const { origin } = server

  /** The first administrator. */
  async function setUp(): Promise<Someone> {
    const visitor = createVisitor(origin)
    const email = newEmail()
    await visitor.setUp(server.setUpToken(), email, 'Grace Hopper')
    return { ...visitor, email, id: await idOf(visitor) }
  }

  /** Somebody new, invited and signed in by their link. */
  async function invite(admin: Visitor, { name = 'Ada Lovelace', role = 'user' } = {}) {
    const visitor = createVisitor(origin)
    const email = newEmail()
    const answer = await admin.submit('/admin/users/new', { name, email, role })
    await followLink(visitor, linkIn(await answer.text()))
    return { ...visitor, email, id: await idOf(visitor) } satisfies Someone
  }

  const edit = (admin: Visitor, { id, email }: Someone, role: 'user' | 'admin') =>
    admin.confirm(`/admin/users/${id}`, { intent: 'edit', name: 'Ada Lovelace', email, role })

  /** The text of a new token. */
  async function createToken(owner: Visitor, scope: string[], name = 'test'): Promise<string> {
    const fields = { intent: 'create-token', name, scope, lifetime: '7' }
    const html = await (await owner.submit('/profile/tokens', fields)).text()
    return /lk_[\w-]{50}/.exec(html)![0]
  }

  /** A request of a program: with a token, without cookies. */
  const asProgram = (token: string, path: string, method = 'GET') =>
    fetch(origin + path, {
      method,
      redirect: 'manual',
      headers: { Authorization: `Bearer ${token}` },
    })

  return {
    setUp,
    invite,
    edit,
    createToken,
    asProgram,
    /** Whether a token opens anything. */
    isAccepted: async (token: string) => (await asProgram(token, '/api/v1/session')).status === 200,
  }
}

/** The path of the password link that a page shows. */
export const linkIn = (html: string): string => /\/password-link\?token=[\w-]+/.exec(html)![0]

/** Where the page that a link leads to sends its form: it names the link, and not by its secret. */
export function formOf(link: string): string {
  const [page = '', token = ''] = link.split('?token=')
  const id = hash('sha256', `latchkey link ${token}`, 'base64url').slice(0, 22)
  return `${page}?link=${id}`
}

/** Opens a password link and chooses a password there. */
export async function followLink(
  visitor: Visitor,
  link: string,
  password = 'seven green lanterns',
) {
  await visitor.get(link)
  return visitor.post(formOf(link), { password })
}

const idOf = async (visitor: Visitor): Promise<string> => (await visitor.identity()).user.id

const newEmail = () => `${randomUUID()}@example.com`
