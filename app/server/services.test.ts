import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createFakeClock } from '../../tests/support/fake-clock'
import { silentLog } from '../../tests/support/services'
import { createRecordAudit } from '~/accounts/audit/record'
import { DEFAULT_RETENTION } from '~/accounts/audit/retention'
import { PURGE_INTERVAL } from '~/accounts/sessions/policy'
import { parseSettings } from './env'
import { createServices } from './services'

test('of several servers on a machine one removes what is overdue, and the others do not', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-services-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const env = parseSettings({ DATABASE_URL: `file:${folder}/latchkey.db` })
  const systemClock = createFakeClock()

  /** How many events are left after a server was there until the next turn of its background work. */
  async function eventsLeft(tidiesUp: boolean) {
    const services = await createServices({ env, log: silentLog, systemClock, tidiesUp })
    const { database } = services
    await database.transaction((tx) =>
      createRecordAudit(services)(tx, { kind: 'user.exported', actor: null, subject: null }),
    )
    systemClock.pass(DEFAULT_RETENTION + 1)
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const stop = services.runInBackground()
    vi.advanceTimersByTime(PURGE_INTERVAL)
    vi.useRealTimers()
    await stop()
    const left = await database.client.auditEvent.count()
    await services.close()
    return left
  }

  expect(await eventsLeft(false)).toBe(1)
  expect(await eventsLeft(true)).toBe(0)
})
