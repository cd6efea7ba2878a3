import { isRowOf, looksLikeRowSecret, rowIdOf } from '../row-secret'
import { secretKey } from '../secret-token'

/** The secrets of devices that a browser brought along, whosever they are. */
export type DeviceSecrets = {
  /** That somebody signed in here before. */
  known: readonly string[]
  /** That somebody is not to be asked for the second step here. */
  remembered: readonly string[]
}

/** The ids of the rows that these could be the secrets of. */
export const idsIn = (secrets: readonly string[]): string[] =>
  secrets.filter(looksLikeRowSecret).map(rowIdOf)

/** The row that one of these is the secret of, with that secret. */
export function matching<R extends { id: string; tokenHash: Uint8Array }>(
  rows: readonly R[],
  secrets: readonly string[],
): { row: R; secret: string } | null {
  for (const secret of secrets.filter(looksLikeRowSecret)) {
    const row = rows.find(({ id }) => id === rowIdOf(secret))
    if (row && isRowOf(secretKey(secret), row)) return { row, secret }
  }
  return null
}
