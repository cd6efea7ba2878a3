import { download } from './download'

/** What a file holds, by name. A list that comes in batches is never whole in memory. */
type Contents = Record<string, unknown>

/** A JSON file to be saved, which is sent while it is made, as fast as it is read. */
export const jsonDownload = (filename: string, contents: Contents): Response =>
  download({ filename, type: 'application/json', texts: textOf(contents) })

/** As `JSON.stringify` would write it, piece by piece. */
async function* textOf(contents: Contents): AsyncGenerator<string, void, void> {
  let before = '{\n'
  for (const [name, value] of Object.entries(contents)) {
    yield `${before}  ${JSON.stringify(name)}: `
    if (isBatches(value)) yield* listOf(value)
    else yield indented(value, '  ')
    before = ',\n'
  }
  yield '\n}'
}

async function* listOf(batches: AsyncIterable<readonly unknown[]>) {
  let isEmpty = true
  for await (const batch of batches) {
    if (batch.length === 0) continue
    const items = batch.map((item) => `    ${indented(item, '    ')}`).join(',\n')
    yield `${isEmpty ? '[' : ','}\n${items}`
    isEmpty = false
  }
  yield isEmpty ? '[]' : '\n  ]'
}

/** Line breaks inside of texts are escaped, so every one of these is between two lines. */
const indented = (value: unknown, indent: string) =>
  JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`)

const isBatches = (value: unknown): value is AsyncIterable<readonly unknown[]> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value
