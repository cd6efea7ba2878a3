import type { Command } from './command'

const INTRO = `Usage: npm run latchkey -- <command>

Works on the database that DATABASE_URL names, also while its server runs.`

/** How the commands are used. */
export function helpText(commands: Readonly<Record<string, Command>>): string {
  const entries = Object.entries(commands).map(
    ([name, { usage, summary }]) => `  ${`${name} ${usage}`.trimEnd()}\n      ${summary}`,
  )
  return [INTRO, ...entries].join('\n\n')
}
