import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withServices } from './with-services'

/** For so long a server may believe its cache without looking at the database. */
const BELIEVED_FOR_MS = 200

describe('a command that writes', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'latchkey-cli-'))
    vi.stubEnv('DATABASE_URL', `file:${path.join(folder, 'latchkey.db')}`)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers only when no server’s cache can be older than its commit', async () => {
    const committed = await withServices(() => Promise.resolve(performance.now()), { create: true })

    expect(performance.now() - committed).toBeGreaterThan(BELIEVED_FOR_MS)
  })

  it('keeps to that also when it fails, for it may have committed before', async () => {
    let failed = 0
    const work = () => {
      failed = performance.now()
      return Promise.reject(new Error('lost'))
    }

    await expect(withServices(work, { create: true })).rejects.toThrow('lost')
    expect(performance.now() - failed).toBeGreaterThan(BELIEVED_FOR_MS)
  })
})
