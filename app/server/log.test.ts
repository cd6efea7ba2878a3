import { expect, test } from 'vitest'
import { openTemporary } from '~/database/sqlite/fixtures'
import { createLog } from './log'

test('the log leaves out what a refused query was given, also when that is the cause of another error', async () => {
  const { client } = await openTemporary()
  const given = { userId: 'nobody', hash: 'a }\n} secret hash' } as never
  const error = (await client.password
    .create({ data: given })
    .catch((refusal: unknown) => refusal)) as Error
  expect(error.message).toContain('secret hash')

  const lines: string[] = []
  const log = createLog('info', { write: (line) => lines.push(line) })
  log.error({ err: error }, 'it failed')
  log.error({ err: new Error('It failed', { cause: error }) }, 'it failed')

  expect(lines).toHaveLength(2)
  for (const line of lines) {
    expect(line).toContain('Argument `changedAt` is missing')
    expect(line).toContain('log.test.ts')
    expect(line).not.toContain('secret')
  }
})
