import { expect, onTestFinished, test, vi } from 'vitest'
import { PrismaClient } from '../generated/sqlite/client'
import { createAdapter } from './adapter'
import { connectReader, connectWriter, withoutSync } from './connection'
import { openTemporary, someUser, temporaryPath } from './fixtures'

const [NORMAL, FULL] = [1n, 2n]

async function connectBoth() {
  const path = temporaryPath()
  await openTemporary(path)
  return { reader: await connectReader(path), writer: await connectWriter(path) }
}

test('what may be lost with the power does not wait for the disk, and everything after it does', async () => {
  const { writer } = await connectBoth()
  onTestFinished(() => void writer.raw.close())
  const setting = () => writer.raw.pragma('synchronous', { simple: true })
  expect(await withoutSync(writer, () => Promise.resolve(setting()))).toBe(NORMAL)
  expect(setting()).toBe(FULL)
  const failing = withoutSync(writer, () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect(setting()).toBe(FULL)
})

test('only the counting of attempts may be lost, and not inside a transaction', async () => {
  const { reader, writer } = await connectBoth()
  const pragma = vi.spyOn(writer.raw, 'pragma')
  const adapter = createAdapter({ reader, writer, busyLimit: 1000 })
  const { provider, adapterName } = adapter
  const client = new PrismaClient({
    adapter: { provider, adapterName, connect: () => Promise.resolve(adapter) },
  })
  onTestFinished(() => client.$disconnect())
  const counter = { key: 'k', points: 1 }

  await client.user.create({ data: someUser('ada') })
  await client.$transaction((tx) => tx.rateLimiterFlexible.create({ data: counter }))
  expect(pragma).not.toHaveBeenCalled()
  await client.rateLimiterFlexible.update({ where: { key: 'k' }, data: { points: 2 } })
  expect(pragma.mock.calls).toEqual([['synchronous = NORMAL'], ['synchronous = FULL']])
})
