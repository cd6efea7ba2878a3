import { expect, test } from 'vitest'
import * as messages from './messages'
import { examples } from './previews'

const about = {
  ...{
    at: new Date('2026-11-27T09:05:00Z'),
    siteName: 'Latchkey',
    pageUrl: (page: string) => page,
  },
  ...{ link: 'https://accounts.example.com/password-link?token=x', name: 'Ada' },
}
const saidTo = (who: { isNew: boolean; isFactorDemanded: boolean }) =>
  messages.invitation({ ...about, ...who }).paragraphs.join(' ')

test('an invitation promises that a password is enough only where it is', () => {
  expect(saidTo({ isNew: true, isFactorDemanded: false })).toMatch(/a password, and you are in/)
  const more = saidTo({ isNew: true, isFactorDemanded: true })
  expect(more).not.toContain('you are in')
  expect(more).toContain('then set up a second factor')
})

test('who has been here before is told of no account that was made for them', () => {
  const said = saidTo({ isNew: false, isFactorDemanded: true })
  expect(said).not.toContain('made an account')
  expect(said).toContain('you choose a new password')
})

test('each mail says in its subject from which site it is', () => {
  const siteName = 'The Hoppers'
  const head = { ...about, siteName }
  const factors = [
    { factor: 'authenticator' },
    { factor: 'passkey', name: 'Work laptop' },
    { factor: 'recovery-codes' },
  ] as const
  const all = [
    ...Object.values(examples({ name: siteName, origin: 'https://accounts.example.com' })),
    messages.roleChanged({ ...head, role: 'user' }),
    ...factors.flatMap((factor) => [
      messages.factorAdded({ ...head, added: factor }),
      messages.factorRemoved({ ...head, removed: factor, byAdministrator: false }),
    ]),
  ]
  expect(all.map(({ subject }) => subject).filter((it) => !it.includes(siteName))).toEqual([])
})
