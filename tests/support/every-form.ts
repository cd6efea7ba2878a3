import { createAdministration, type Someone } from './administration'
import { signInAt } from './applications'
import { formsIn, type PageForm } from './page-forms'
import { makePasskey } from './passkeys'
import { readRoutes } from './routes'
import type { TestServer } from './server'
import { createVisitor, PASSWORD } from './visitor'

/** The buttons that ask first, in an order in which each still finds something to end; and the rows that are gone then. */
export const ASKS_FIRST: readonly [form: string, gone: string][] = [
  ['/admin/applications/wiki end-sign-in', 'ApplicationCookie'],
  ['/admin/applications/wiki end-sign-ins', 'ApplicationCookie'],
  ['/profile/security renew-codes', 'RecoveryCode'],
  ['/profile/passkeys remove-passkey', 'Passkey'],
  ['/profile/tokens revoke-token', 'ApiToken'],
  ['/profile sign-out-of-session', 'Session'],
  ['/profile sign-out-of-session, ticked', 'Session'],
  ['/profile sign-out-of-sessions', 'Session'],
  ['/admin/users/:id change-username', 'User'],
  ['/admin/users/:id password-link', 'OneTimeLink'],
  ['/admin/users/:id revoke-token', 'ApiToken'],
  ['/admin/users/:id sign-out-of-session', 'Session'],
  ['/admin/users/:id sign-out-of-sessions', 'Session'],
  ['/admin/groups/staff remove-members', 'GroupMember'],
  ['/admin/groups/staff remove-group', 'Group'],
  ['/admin/applications/wiki/delete remove', 'Application'],
  ['/admin/users sign-everyone-out', 'Session'],
  ['/admin/users/:id disable', 'User'],
  ['/admin/users/:id/delete delete', 'User'],
  ['/profile/delete delete', 'User'],
]

/** What a person types into forms that want more than a press. */
export const TYPED: Record<string, string> = {
  currentPassword: PASSWORD,
  username: 'somebody-else',
}

/** The name of each button of each page, with its form. */
export type EveryForm = { admin: Someone; ada: Someone; forms: Map<string, PageForm> }

/**
 * An installation in which every button has something to do: an administrator, and Ada, to whom it is
 * done; with the forms of every page as the administrator sees them.
 */
export async function readEveryForm(server: TestServer): Promise<EveryForm> {
  const { setUp, invite, createToken } = createAdministration(server)
  const admin = await setUp()
  const ada = await invite(admin)
  const bystander = await invite(admin, { role: 'admin' })
  for (const { email } of [admin, admin, admin, ada, ada, bystander]) {
    await createVisitor(server.origin, { userAgent: 'curl/8.9.1' }).signIn(email)
  }
  for (const owner of [admin, ada]) await createToken(owner, ['profile:read'], 'Weekly report')
  await makePasskey(admin, server.origin)
  await admin.submit(`/admin/users/${ada.id}`, { intent: 'password-link' })
  await admin.submit('/admin/groups', { intent: 'add-group', id: 'staff', name: 'Staff' })
  await admin.submit('/admin/groups/staff', { intent: 'add-members', userId: ada.id })
  const wiki = { id: 'wiki', name: 'Wiki', address: 'https://wiki.example.org' }
  await admin.submit('/admin/applications/new', { ...wiki, access: 'everybody' })
  await signInAt(server, { applicationId: 'wiki', userId: ada.id })

  const forms = new Map<string, PageForm>()
  const routes = await readRoutes({ userId: ada.id })
  for (const { path } of routes.filter(({ isPage, hasLoader }) => isPage && hasLoader)) {
    const html = await (await admin.get(path)).text()
    for (const form of formsIn(html, path)) forms.set(nameOf(form, ada), form)
  }
  return { admin, ada, forms }
}

function nameOf({ path, intent, fields }: PageForm, { id }: Someone): string {
  const isTicked = fields.some(([name, value]) => name === 'from' && value === 'chosen')
  return `${path.replace(id, ':id')} ${intent}${isTicked ? ', ticked' : ''}`
}
