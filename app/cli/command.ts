/** One command of the operator's. */
export type Command = {
  /** The arguments as they are typed, for the help. */
  usage: string
  /** What it does, in one line. */
  summary: string
  /** Does it, and returns the answer to be printed. */
  run(args: string[]): Answer | Promise<Answer>
}

/** What is printed, and whether it is bad news, which the exit code tells to scripts. */
export type Answer = string | { text: string; isBad: boolean }

/** It was asked for in a way that cannot be understood. The message is a sentence. */
export class UsageError extends Error {}

/** It cannot or may not be done. The message is a sentence that names the fix. */
export class CommandRefused extends Error {}

/** The one argument of a command that has one. */
export function onlyArgument(args: readonly string[], what: string): string {
  const [argument, ...more] = args
  if (argument && more.length === 0 && !argument.startsWith('-')) return argument
  throw new UsageError(`Name ${what}, and nothing else.`)
}

export function noArguments(args: readonly string[]) {
  if (args.length > 0) throw new UsageError('This command takes no arguments.')
}

/** A number of things as it is said: "1 user", "2 users". */
export const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

const INTRO = `Usage: npm run latchkey -- <command>

Works on the database that DATABASE_URL names, also while its server runs.`

/** How the commands are used. */
export function helpText(commands: Readonly<Record<string, Command>>): string {
  const entries = Object.entries(commands).map(
    ([name, { usage, summary }]) => `  ${`${name} ${usage}`.trimEnd()}\n      ${summary}`,
  )
  return [INTRO, ...entries].join('\n\n')
}
