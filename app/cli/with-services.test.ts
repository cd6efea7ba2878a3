import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '~/database/open'
import type { Database } from '~/database/types'
import { withServices } from './with-services'

/** For so long a server may believe its cache without looking at the database. */
const BELIEVED_FOR_MS = 200

describe('a command that writes beside a running server', () => {
  let folder: string
  let server: Database
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'latchkey-cli-'))
    const url = `file:${path.join(folder, 'latchkey.db')}`
    vi.stubEnv('DATABASE_URL', url)
    const clock = { now: () => new Date(), monotonic: () => performance.now() }
    server = await openDatabase({ url, clock, as: 'server' })
  })
  afterEach(async () => {
    await server.close()
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers only when the server’s memory cannot be older than its commit', async () => {
    const committed = await withServices(() => Promise.resolve(performance.now()))

    expect(performance.now() - committed).toBeGreaterThan(BELIEVED_FOR_MS)
  })

  it('keeps to that also when it fails, for it may have committed before', async () => {
    let failed = 0
    const work = () => {
      failed = performance.now()
      return Promise.reject(new Error('lost'))
    }

    await expect(withServices(work)).rejects.toThrow('lost')
    expect(performance.now() - failed).toBeGreaterThan(BELIEVED_FOR_MS)
  })
})
