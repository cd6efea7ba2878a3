import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, vi } from 'vitest'
import { startOpenServer, type TestServer } from './server'

const PAGE = 4096

export type SmallDisk = {
  /** Starts a server whose database is on this disk. */
  startServer(): Promise<TestServer>
  /** Takes all the space that is left. */
  fill(): void
  /** Gives back what {@link fill} took. */
  free(): void
  remove(): void
}

/** A small disk of its own. Only root may have one: undefined for anybody else. */
export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  const disk = mkdtempSync(path.join(tmpdir(), 'latchkey-disk-'))
  const filler = path.join(disk, 'filler')
  const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk]
  if (spawnSync('mount', options).status !== 0) {
    rmSync(disk, { recursive: true })
    return undefined
  }

  return {
    async startServer() {
      vi.stubEnv('TMPDIR', disk)
      try {
        return await startOpenServer()
      } finally {
        vi.unstubAllEnvs()
      }
    },
    fill() {
      const file = openSync(filler, 'w')
      try {
        for (;;) writeSync(file, Buffer.alloc(PAGE))
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' })
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(filler),
    remove() {
      spawnSync('umount', [disk])
      rmSync(disk, { recursive: true, force: true })
    },
  }
}
