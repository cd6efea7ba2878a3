import { expect, test } from 'vitest'
import { jsonDownload } from './json-download'

async function* inBatches<T>(...batches: T[][]) {
  yield* batches
}

test('a download in batches is the file that would have been written at once', async () => {
  const answer = jsonDownload('file.json', {
    at: new Date(0),
    'a "name"': { nested: [1, { deep: 'line\nbreak' }], nothing: null, none: [] },
    list: inBatches<unknown>([1, { two: [2] }], [], ['three\n']),
    empty: inBatches<number>(),
    last: inBatches([[]]),
  })
  const same = {
    at: new Date(0),
    'a "name"': { nested: [1, { deep: 'line\nbreak' }], nothing: null, none: [] },
    list: [1, { two: [2] }, 'three\n'],
    empty: [],
    last: [[]],
  }
  expect(await answer.text()).toBe(JSON.stringify(same, null, 2))
})

test('a download asks for no batch before the one before it was read, and for none once nobody reads', async () => {
  let asked = 0
  let left = false
  async function* batches() {
    try {
      for (;;) yield [(asked += 1)]
    } finally {
      left = true
    }
  }
  const reader = jsonDownload('file.json', { list: batches() }).body!.getReader()
  expect(asked).toBe(0)
  for (const wanted of [0, 1, 2]) {
    await reader.read()
    expect(asked).toBe(wanted)
  }
  await reader.cancel()
  expect([asked, left]).toEqual([2, true])
})

test('a download fails when a batch fails, and does not end as if it were whole', async () => {
  async function* failing() {
    yield [1]
    throw new Error('no more')
  }
  await expect(jsonDownload('file.json', { list: failing() }).text()).rejects.toThrow('no more')
})
