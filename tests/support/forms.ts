import { PASSWORD, type Visitor } from './visitor'

/** A form of the app: where it goes, what it carries, and the rule for each field of text. */
export type FormCase = {
  what: string
  path: string
  /** Whether only a signed-in person has it. */
  signed: boolean
  /** A value for every field with which the form would do its work. */
  fields: Record<string, string>
  /** The fields of text, with the longest that each may be, in characters. */
  texts: Record<string, number>
  /** Boxes to tick and lists to choose from. */
  choices?: string[]
}

const EMAIL = 254
const NAME = 100
const TOKEN_NAME = 60
const SECRET = 256
const SHORT_NAME = 40
const NEW_PASSWORD = 'nine purple harbours'

/** Every form that takes text. */
export const formCases: FormCase[] = [
  {
    what: 'sign-in',
    path: '/login',
    signed: false,
    fields: { email: 'ada@example.com', password: PASSWORD },
    texts: { email: EMAIL, password: SECRET },
    choices: ['keep'],
  },
  {
    what: 'sign-up',
    path: '/signup',
    signed: false,
    fields: { name: 'Eve', email: 'eve@example.com', password: PASSWORD },
    texts: { name: NAME, email: EMAIL, password: SECRET },
  },
  {
    what: 'name',
    path: '/profile',
    signed: true,
    fields: { intent: 'rename', name: 'Ada King' },
    texts: { name: NAME },
  },
  {
    what: 'e-mail',
    path: '/profile',
    signed: true,
    fields: { intent: 'change-email', email: 'king@example.com', currentPassword: PASSWORD },
    texts: { email: EMAIL, currentPassword: SECRET },
  },
  {
    what: 'password',
    path: '/profile/password',
    signed: true,
    fields: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
    texts: { currentPassword: SECRET, newPassword: SECRET },
    choices: ['endOthers'],
  },
  {
    what: 'delete my account',
    path: '/profile/delete',
    signed: true,
    fields: { currentPassword: PASSWORD, confirmed: 'yes' },
    texts: { currentPassword: SECRET },
  },
  {
    what: 'new API token',
    path: '/profile/tokens',
    signed: true,
    fields: { intent: 'create-token', name: 'backup', scope: 'profile:read', lifetime: '30' },
    texts: { name: TOKEN_NAME },
    choices: ['lifetime'],
  },
  {
    what: 'new user',
    path: '/admin/users/new',
    signed: true,
    fields: { name: 'Zoe', email: 'zoe@example.com', role: 'user' },
    texts: { name: NAME, email: EMAIL },
    choices: ['role'],
  },
  {
    what: 'new group',
    path: '/admin/groups',
    signed: true,
    fields: { intent: 'add-group', id: 'staff', name: 'Staff' },
    texts: { id: SHORT_NAME, name: TOKEN_NAME },
  },
  {
    what: 'new application',
    path: '/admin/applications/new',
    signed: true,
    fields: {
      ...{ id: 'wiki', name: 'Wiki', address: 'https://wiki.example.org', access: 'everybody' },
      ...{ publicPaths: '/health', moreOrigins: '', upstream: '' },
    },
    texts: { id: SHORT_NAME, name: TOKEN_NAME },
    choices: ['access', 'assertion'],
  },
]

/** Sends a form as its page would, with these fields instead of the good ones; null leaves one out. */
export async function sendForm(
  visitor: Visitor,
  { path, signed, fields }: FormCase,
  changed: Record<string, string | readonly string[] | null> = {},
): Promise<Response> {
  const sent = Object.fromEntries(
    Object.entries({ ...fields, ...changed }).filter(
      (entry): entry is [string, string | readonly string[]] => entry[1] !== null,
    ),
  )
  return signed && !('formToken' in sent) ? visitor.submit(path, sent) : visitor.post(path, sent)
}
