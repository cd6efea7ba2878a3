import { expect, test } from 'vitest'
import type { AuditRow } from '~/accounts/audit/search'
import { AUDIT_FILES, type AuditFormat } from './audit-files'

const event = (over: Partial<AuditRow> = {}): AuditRow => ({
  id: 'id',
  at: new Date('2030-01-02T03:04:05.678Z'),
  kind: 'user.renamed',
  words: 'Name changed',
  actor: { id: 'ada', name: 'Ada' },
  subject: null,
  sessionId: null,
  ip: '192.0.2.1',
  details: { to: 'x' },
  ...over,
})

const HEAD =
  '"id","time","kind","event","by","by_id","about","about_id","address","session","details"\r\n'

test('a CSV file without events still names its columns, and JSON lines are empty', async () => {
  expect(await fileOf('csv', [[]])).toBe(HEAD)
  expect(await fileOf('jsonl', [[]])).toBe('')
})

test('a CSV file has a line for each event, of every batch', async () => {
  const line =
    '"id","2030-01-02T03:04:05.678Z","user.renamed","Name changed","Ada","ada","","","192.0.2.1","","{""to"":""x""}"\r\n'
  expect(await fileOf('csv', [[event(), event()], [event()], []])).toBe(HEAD + line.repeat(3))
})

test.each([
  ['=HYPERLINK("http://evil.example")', `"'=HYPERLINK(""http://evil.example"")"`],
  ['+1', `"'+1"`],
  ['-1', `"'-1"`],
  ['@SUM(A1)', `"'@SUM(A1)"`],
  ['\t=1', `"'\t=1"`],
  ['\n=1', `"'\n=1"`],
  ['＝1+1', `"'＝1+1"`],
  ['a,b', '"a,b"'],
  ['a\r\n=b', '"a\r\n=b"'],
  ['a"b', '"a""b"'],
  ['a=b', '"a=b"'],
])('a name %j in a CSV file is %s: one field, and no formula', async (name, field) => {
  const file = await fileOf('csv', [[event({ actor: { id: 'ada', name } })]])
  expect(file).toContain(`"Name changed",${field},"ada"`)
})

test('JSON lines hold all that is known of an event, each in a line of its own', async () => {
  const odd = event({ subject: { id: 'x', name: '=1\n"\u2028' } })
  const lines = (await fileOf('jsonl', [[event()], [odd]])).trimEnd().split('\n')
  const known = {
    ...{ id: 'id', time: '2030-01-02T03:04:05.678Z', kind: 'user.renamed', event: 'Name changed' },
    ...{ by: 'Ada', by_id: 'ada', about: null, about_id: null },
    ...{ address: '192.0.2.1', session: null, details: { to: 'x' } },
  }
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    known,
    { ...known, about: '=1\n"\u2028', about_id: 'x' },
  ])
  expect(Object.keys(known).map((name) => `"${name}"`)).toEqual(HEAD.trimEnd().split(','))
})

async function fileOf(format: AuditFormat, batches: AuditRow[][]): Promise<string> {
  let file = ''
  for await (const text of AUDIT_FILES[format].textsOf(streamed(batches))) file += text
  return file
}

async function* streamed(batches: AuditRow[][]) {
  yield* batches
}
