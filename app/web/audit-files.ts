import type { AuditRow } from '~/accounts/audit/search'

/** Some events of the log after the other, as a file of them is made. */
type Batches = AsyncIterable<readonly AuditRow[]>

export type AuditFormat = keyof typeof AUDIT_FILES

/** The files in which the audit log is had, by the ending of their names. */
export const AUDIT_FILES = {
  csv: { type: 'text/csv', textsOf: csvOf },
  jsonl: { type: 'application/jsonl', textsOf: jsonLinesOf },
} as const

const COLUMNS: Record<string, (event: AuditRow) => unknown> = {
  id: ({ id }) => id,
  time: ({ at }) => at.toISOString(),
  kind: ({ kind }) => kind,
  event: ({ words }) => words,
  by: ({ actor }) => actor?.name,
  by_id: ({ actor }) => actor?.id,
  about: ({ subject }) => subject?.name,
  about_id: ({ subject }) => subject?.id,
  address: ({ ip }) => ip,
  session: ({ sessionId }) => sessionId,
  details: ({ details }) => details,
}

/** As RFC 4180 has it. */
async function* csvOf(batches: Batches): AsyncGenerator<string, void, void> {
  yield lineOf(Object.keys(COLUMNS))
  const columns = Object.values(COLUMNS)
  for await (const events of batches) {
    yield events.map((event) => lineOf(columns.map((column) => asText(column(event))))).join('')
  }
}

const asText = (value: unknown) =>
  typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value)

const lineOf = (fields: readonly string[]) => `${fields.map(fieldOf).join(',')}\r\n`

/**
 * A spreadsheet would take such a field for a formula, and do what somebody chose as their name. The wide
 * ones are what Asian keyboards write, and some programs take as well (OWASP, CSV Injection).
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

function fieldOf(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text
  return `"${harmless.replaceAll('"', '""')}"`
}

/** An event a line, by the names of the columns, with all that is known of it. */
async function* jsonLinesOf(batches: Batches): AsyncGenerator<string, void, void> {
  for await (const events of batches) {
    yield events.map((event) => `${JSON.stringify(fieldsOf(event))}\n`).join('')
  }
}

const fieldsOf = (event: AuditRow) =>
  Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, column(event) ?? null]))
