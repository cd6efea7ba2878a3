import { beforeAll, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  openServices,
  silentLog,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { ATTEMPT_LIMITS, createAttemptLimits } from '../attempt-limits'
import { createExportAudit } from './export'
import { createRecordAudit } from './record'
import type { AuditFilter, AuditRow } from './search'

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
  admin = await addAdministrator(app)
})

describe('an export of the audit log', () => {
  test('is refused to whoever asks again and again, and then not written down', async () => {
    const other = await addAdministrator(app)
    const ask = () => app.exportAudit(other.first.acting, {}, 'csv')
    for (let time = 0; time < ATTEMPT_LIMITS.administration.attempts; time += 1) await ask()
    const before = await app.database.client.auditEvent.count()
    expect(await ask()).toMatchObject({ ok: false, code: 'TOO_MANY_ATTEMPTS' })
    expect(await app.database.client.auditEvent.count()).toBe(before)
  })

  test('holds all that the search finds, newest first, whatever is written meanwhile', async () => {
    const person = await addPerson(app, 'Ophelia')
    for (const name of ['Viola', 'Rosalind', 'Portia', 'Ophelia', 'Celia', 'Hero']) {
      await app.ownAccount.rename(person.first.acting, name)
    }
    const filter = { actorId: person.userId, kind: 'user.renamed' } as const
    const wanted = ['Hero', 'Celia', 'Ophelia', 'Portia', 'Rosalind', 'Viola']
    for (const batch of [1, 3, 4, 100]) {
      const found: AuditRow[] = []
      for await (const events of await exportBy(batch, filter)) {
        expect(events.length).toBeLessThanOrEqual(batch)
        found.push(...events)
        if (batch < 100) await app.ownAccount.rename(person.first.acting, 'Hero')
      }
      expect(found.slice(-wanted.length).map(({ details }) => details.to)).toEqual(wanted)
      const ids = found.map(({ id }) => id)
      expect(ids).toEqual([...new Set(ids)].sort().reverse())
      await app.database.client.auditEvent.deleteMany({
        where: { ...filter, id: { gt: found.at(-wanted.length)!.id } },
      })
    }
  })

  test('is written down, with who took it and what they searched for', async () => {
    const from = new Date('2030-01-01T00:00:00Z')
    await app.exportAudit(admin.first.acting, { person: 'ada', from, kind: undefined }, 'jsonl')
    const { events } = await app.searchAudit({ kind: 'audit.exported', at: null })
    expect(events[0]).toMatchObject({
      actor: { id: admin.userId },
      subject: null,
      sessionId: admin.first.id,
      details: { format: 'jsonl', person: 'ada', from: from.toISOString() },
    })
  })
})

async function exportBy(batch: number, filter: AuditFilter) {
  const limits = createAttemptLimits({ ...app, log: silentLog })
  const exportAudit = createExportAudit({ ...app, limits, record: createRecordAudit(app), batch })
  const result = await exportAudit(admin.first.acting, filter, 'csv')
  if (!('events' in result)) throw new Error('It was refused')
  return result.events
}
