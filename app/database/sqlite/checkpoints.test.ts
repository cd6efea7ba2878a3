import { existsSync, readFileSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { checkpointInBackground } from './checkpoints'
import { connectWriter } from './connection'
import { openTemporary, someUser, temporaryPath } from './fixtures'

const OFTEN_MS = 5

async function openChecked() {
  const path = temporaryPath()
  const database = await openTemporary(path)
  const { raw } = await connectWriter(path)
  const stop = checkpointInBackground(raw, OFTEN_MS)
  onTestFinished(async () => {
    await stop()
    raw.close()
  })
  return { path, database, raw, stop }
}

test('what was written gets into the database file while nobody waits', async () => {
  const { path, database } = await openChecked()
  await database.client.user.create({ data: someUser('somebody-to-look-for') })
  await vi.waitFor(() => expect(readFileSync(path, 'latin1')).toContain('somebody-to-look-for'), {
    timeout: 20_000,
  })
})

test('and is no foreign change', async () => {
  const { path, database } = await openChecked()
  const changed = vi.fn()
  database.foreignChanges.onChange(changed)
  for (let round = 0; round < 3; round += 1) {
    const name = `written-in-round-${round}`
    await database.client.user.create({ data: someUser(name) })
    await vi.waitFor(() => expect(readFileSync(path, 'latin1')).toContain(name), {
      timeout: 20_000,
    })
    await database.foreignChanges.refresh()
  }
  expect(changed).not.toHaveBeenCalled()
})

test('the writer does it only when the log has grown very long', async () => {
  const { raw } = await openChecked()
  const limit = () => Number(raw.pragma('wal_autocheckpoint', { simple: true }))
  expect(limit()).toBe(1_000)
  await vi.waitFor(() => expect(limit()).toBe(16_000), { timeout: 20_000 })
})

test.each([
  ['before it began', () => Promise.resolve()],
  ['while it runs', () => new Promise((resolve) => setTimeout(resolve, 300))],
])('once it has stopped, %s, the last to close leaves no log behind', async (_when, wait) => {
  const path = temporaryPath()
  const database = await openTemporary(path, { owner: true })
  await database.client.user.create({ data: someUser('ada') })
  const { raw } = await connectWriter(path)
  const stop = checkpointInBackground(raw, OFTEN_MS)
  await wait()
  await stop()
  await stop()
  raw.close()
  await database.close()
  expect(existsSync(`${path}-wal`)).toBe(false)
})
