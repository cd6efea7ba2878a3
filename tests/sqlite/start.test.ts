import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, startServer, type TestServer } from '../support/server'
import { refusal, startInVain } from '../support/start-in-vain'

describe('a start', () => {
  let server: TestServer
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'latchkey-start-'))
    server = await startServer()
  })
  afterAll(async () => {
    await server.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const expectRefusal = async (settings: Record<string, string>, sentence: RegExp) =>
    expect(await startInVain(folder, settings)).toEqual(refusal(sentence))

  it('on a database that another server uses says so, and that one goes on', async () => {
    const DATABASE_URL = server.databaseUrl
    const settings = { PORT: String(await freePort()), DATABASE_URL }
    await expectRefusal(settings, /^Another Latchkey server is using .*latchkey\.db\. Stop it, or/)
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
  })

  it('on a file that is no database says so', async () => {
    const file = path.join(folder, 'diary.db')
    writeFileSync(file, 'Dear diary, '.repeat(1_000))
    const settings = { PORT: String(await freePort()), DATABASE_URL: `file:${file}` }
    await expectRefusal(settings, /diary\.db is damaged, or not an SQLite database\. Put it back/)
  })

  it('after its database was lost refuses to begin anew', async () => {
    const again = await startServer()
    await again.stop()
    for (const suffix of ['', '-wal', '-shm']) rmSync(again.databaseFile + suffix, { force: true })
    const settings = {
      PORT: String(again.port),
      DATABASE_URL: again.databaseUrl,
    }
    await expectRefusal(settings, /latchkey\.db.*Put it back from a backup/)
    expect(existsSync(again.databaseFile)).toBe(false)
    await again.dispose()
  })
})
