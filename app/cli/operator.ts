import type { z } from 'zod'
import { UsageError } from './command'

/** Whoever types commands on the server's machine; see accounts/users/as-administrator.ts. */
export const OPERATOR = 'operator'

/** What was typed by the rules of the forms. What is wrong with it is said in the first sentence that fits. */
export function parsedBy<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new UsageError(`${parsed.error.issues[0]?.message}.`)
}

/** Rows with their columns under each other. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
