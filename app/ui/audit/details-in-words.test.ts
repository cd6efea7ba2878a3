import { expect, test } from 'vitest'
import { detailsInWords } from './details-in-words'

test.each([
  [{ id: 'x', tokenHash: 'secret', nobodyKnows: 7 }, ''],
  [{ from: 'a@x.example', to: 'b@x.example' }, 'from “a@x.example” to “b@x.example”'],
  [{ to: 'Mum’s tablet', session: 'x' }, '“Mum’s tablet”'],
  [{ from: 'Mum’s tablet', session: 'x' }, 'no longer “Mum’s tablet”'],
  [{ count: 1, sessions: ['x'] }, '1 session'],
  [{ name: 'backup', id: 'x', scopes: ['profile:read'] }, '“backup” · profile:read'],
  [{ name: 'git', id: 'x', forApplication: 'wiki' }, '“git” · for wiki'],
  [{ userAgent: 'x', reason: 'wrong-password' }, 'wrong password'],
  [{ reason: 'unknown-account' }, 'no account has this e-mail address or username'],
  [{ reason: 'something else' }, 'something else'],
  [{ group: 'Staff', id: 'staff' }, '“Staff”'],
  [{ id: 'staff', name: 'Staff', members: 2 }, '“Staff” · 2 members'],
  [{ application: 'wiki', name: 'Wiki' }, '“Wiki”'],
  [{ application: 'wiki' }, 'wiki'],
  [
    { applications: ['wiki', 'files'], reason: 'access-taken' },
    'access was taken away · wiki, files',
  ],
  [
    { id: 'wiki', name: 'Wiki', address: 'https://wiki.example.org' },
    '“Wiki” · https://wiki.example.org',
  ],
  [{ id: 'wiki', name: 'Wiki', signIns: 3, tokens: 1 }, '“Wiki” · 3 sign-ins · 1 API token'],
  [{ id: 'wiki', changed: ['address', 'host'], access: 'everybody', groups: [] }, 'wiki: address'],
  [
    { id: 'wiki', changed: ['forEverybody', 'groups'], access: 'groups', groups: ['staff'] },
    'wiki: who may use it (staff)',
  ],
  [{ email: 'x', sessions: 2, apiTokens: 0, applicationSignIns: 1 }, '1 sign-in at applications'],
  [{ factor: 'authenticator', replaces: true }, 'authenticator app · in place of another'],
  [{ factors: ['authenticator', 'passkey'], count: 2 }, '2 sessions · authenticator app · passkey'],
  [{ left: 1 }, '1 recovery code left'],
  [{ left: 0 }, 'no recovery codes left'],
  [{ count: 0, members: 0, signIns: 0, tokens: 0 }, ''],
  [{ codes: 10 }, '10 recovery codes'],
  [{ devices: 1 }, '1 remembered device'],
])('what is known of an event, %j, reads “%s”', (details, words) => {
  expect(detailsInWords(details)).toBe(words)
})
