import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command-line'
import { reconnect, shadow, unshadow } from '../support/postgres/shadow'
import { startServer, type TestServer } from '../support/server'
import { until } from '../support/until'

const FULL = `pg_notification_queue_usage() RETURNS float8 LANGUAGE sql AS 'SELECT 0.95::float8'`

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.dispose())

const readiness = async () => (await fetch(`${server.origin}/readyz`)).text()

describe('a notification queue that is full', () => {
  it('is named by /readyz and by doctor, until it is read', async () => {
    await shadow(server.databaseUrl, FULL)
    await reconnect(server.databaseUrl)

    const named = await until(async () => /^not ready: .*queue.*/.exec(await readiness())?.[0])
    expect(named).toContain('see pg_notification_queue_usage()')
    const asked = await runCommand(server, 'doctor')
    expect(asked.code).toBe(1)
    expect(asked.output).toMatch(
      /^✗ queue of notifications has space left: .*see pg_notification_queue_usage\(\)/m,
    )

    await unshadow(server.databaseUrl)
    await reconnect(server.databaseUrl)
    await until(async () => (await readiness()) === 'ready\n')
    expect(await runCommand(server, 'doctor')).toMatchObject({ code: 0 })
  })
})
