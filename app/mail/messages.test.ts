import { expect, test } from 'vitest'
import { invitation } from './messages'

const about = {
  ...{
    at: new Date('2026-11-27T09:05:00Z'),
    siteName: 'Latchkey',
    pageUrl: (page: string) => page,
  },
  ...{ link: 'https://accounts.example.com/password-link?token=x', name: 'Ada' },
}
const saidTo = (who: { isNew: boolean; isFactorDemanded: boolean }) =>
  invitation({ ...about, ...who }).paragraphs.join(' ')

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
