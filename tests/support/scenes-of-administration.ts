import { fill, pressTwice, sendWithoutScripts } from './scene-acts'
import type { Scene } from './scenes'

/** The pages of administrators. */
export const SCENES_OF_ADMINISTRATION: readonly Scene[] = [
  { name: 'users', as: 'admin', at: '/admin/users', shows: 'Grace Hopper' },
  {
    name: 'users asking without scripts',
    as: 'admin',
    at: '/admin/users',
    act: sendWithoutScripts('Sign everyone out'),
    shows: 'Sign everyone out?',
  },
  { name: 'users not found', as: 'admin', at: '/admin/users?q=zz', shows: /nobody|no user/i },
  { name: 'new user', as: 'admin', at: '/admin/users/new', shows: 'Create user' },
  {
    name: 'new user refused',
    as: 'admin',
    at: '/admin/users/new',
    act: fill({ Name: 'Ada', 'E-mail': 'ada@example.com' }, 'Create user'),
    shows: /Another account has/,
  },
  { name: 'user', as: 'admin', at: ({ userId }) => `/admin/users/${userId}`, shows: /Disable/ },
  {
    name: 'user who looks at themselves',
    as: 'admin',
    at: ({ adminId }) => `/admin/users/${adminId}`,
    shows: /your own account|Your own/i,
  },
  {
    name: 'user with password link',
    as: 'admin',
    at: ({ userId }) => `/admin/users/${userId}`,
    act: pressTwice('New password link'),
    shows: 'A link for Grace Hopper',
  },
  {
    name: 'delete user',
    as: 'admin',
    at: ({ userId }) => `/admin/users/${userId}/delete`,
    shows: 'What will be deleted',
  },
  { name: 'groups', as: 'admin', at: '/admin/groups', shows: 'Family' },
  {
    name: 'new group refused',
    as: 'admin',
    at: '/admin/groups',
    act: fill({ Name: 'Staff, family', 'Short name': 'staff' }, 'Add group'),
    shows: /cannot have a comma/,
  },
  { name: 'group', as: 'admin', at: '/admin/groups/staff?q=a', shows: 'Add selected' },
  {
    name: 'group asking without scripts',
    as: 'admin',
    at: '/admin/groups/staff',
    act: sendWithoutScripts('Remove group'),
    shows: 'Remove the group Staff?',
  },
  { name: 'applications', as: 'admin', at: '/admin/applications', shows: 'Files' },
  {
    name: 'new application',
    as: 'admin',
    at: '/admin/applications/new',
    act: (page) => page.getByLabel('Only members of these groups').check(),
    shows: 'Family',
  },
  {
    name: 'new application refused',
    as: 'admin',
    at: '/admin/applications/new',
    async act(page) {
      await page.getByLabel('Everybody with an account').check()
      const typed = { Name: 'Wiki', 'Short name': 'wiki', Address: 'https://example.org/wiki' }
      await fill(typed, 'Add application')(page)
    },
    shows: /without a path/,
  },
  { name: 'application', as: 'admin', at: '/admin/applications/wiki', shows: 'Who is signed in' },
  {
    name: 'application asking without scripts',
    as: 'admin',
    at: '/admin/applications/wiki',
    act: sendWithoutScripts('Sign everybody out'),
    shows: /out of Wiki\?/,
  },
  {
    name: 'remove application',
    as: 'admin',
    at: '/admin/applications/wiki/delete',
    shows: 'What will be deleted',
  },
  { name: 'audit log', as: 'admin', at: '/admin/audit', shows: 'Who did what to whom' },
]
