/** What is looked at, and the words for it that hold when all is well. */
export const CHECKS = {
  settings: 'settings can be used',
  database: 'database can be used',
  damage: 'database file is whole',
  role: 'database user may change its tables',
  migrations: 'tables are up to date',
  durability: 'what is written stays written',
  'free space': 'disk has space left',
  connections: 'database takes enough connections',
  'listening connection': 'notifications arrive',
  'notification queue': 'queue of notifications has space left',
  clock: 'clock of this machine is right',
  origin: 'Latchkey answers at ORIGIN',
  nodes: 'every node uses this database',
  host: 'host name arrives unchanged',
  addresses: 'addresses of visitors are known',
  socket: 'open tabs can be reached (WebSocket)',
  mail: 'mails are taken',
} as const
export type Check = keyof typeof CHECKS

/** What a check has found. */
export type Finding = {
  check: Check
  /** A warning does not break the promise. What was skipped may be right or wrong. */
  verdict: 'ok' | 'warning' | 'wrong' | 'skipped'
  /** What is the matter and how to mend it; why it was skipped; or what is good to know. */
  text?: string
}

export const ok = (check: Check, text?: string): Finding => ({
  check,
  verdict: 'ok',
  ...(text !== undefined && { text }),
})
export const warning = (check: Check, text: string): Finding => ({
  check,
  verdict: 'warning',
  text,
})
export const wrong = (check: Check, text: string): Finding => ({ check, verdict: 'wrong', text })

/** Checks that cannot be made, because of what was found before. */
export const skipped = (checks: readonly Check[], text: string): Finding[] =>
  checks.map((check) => ({ check, verdict: 'skipped', text }))

/** How an operator sets the clock of a machine. */
export const SET_THE_CLOCK = 'Synchronise it by NTP (timedatectl set-ntp true).'
