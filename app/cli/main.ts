import {
  isDatabaseBusy,
  isDatabaseFull,
  isDatabaseUnreachable,
  isDatabaseUnusable,
  isOutcomeUnknown,
} from '~/database/errors'
import { SettingError } from '~/server/env'
import { applicationCommands } from './application'
import { backup } from './backup'
import { CommandRefused, helpText, UsageError, type Command } from './command'
import { doctor } from './doctor'
import { endAllSessions } from './end-all-sessions'
import { factorCommands } from './factors'
import { groupCommands } from './group'
import { linkCommands } from './links'
import { mails } from './mails'
import { moveTo } from './move-to'
import { restore } from './restore'
import { seed } from './seed/seed'

const DONE = 0
const FAILED = 1
const MISUSED = 2

const commands: Record<string, Command> = {
  'end-all-sessions': endAllSessions,
  backup,
  restore,
  'move-to': moveTo,
  ...linkCommands,
  ...factorCommands,
  ...applicationCommands,
  ...groupCommands,
  doctor,
  mails,
  seed,
}

/**
 * The operator's command line. Answers go to standard output, everything else to standard error.
 *
 * @param argv the command and its arguments
 * @returns the exit code: 0 done, 1 refused, failed or found something wrong, 2 wrongly asked for
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  const { name, command, args } = commandIn(argv)
  if (isHelp(name) || argv.some(isOptionForHelp)) {
    console.log(helpText(command ? { [name]: command } : like(name)))
    return DONE
  }
  try {
    if (!command) throw new UsageError(`There is no command "${name}".`)
    const answer = await command.run(args)
    const { text, isBad } = typeof answer === 'string' ? { text: answer, isBad: false } : answer
    console.log(text)
    return isBad ? FAILED : DONE
  } catch (error) {
    if (isWrongUse(error)) {
      console.error(`${error.message}\n\n${helpText(command ? { [name]: command } : like(name))}`)
      return MISUSED
    }
    if (!isExpected(error)) throw error
    console.error(error.message)
    return FAILED
  }
}

const isOptionForHelp = (argument: string) => argument === '--help' || argument === '-h'
const isHelp = (name: string) => name === 'help' || isOptionForHelp(name)

/** The name of a command is one word or two. */
function commandIn([first = 'help', second = '', ...rest]: readonly string[]) {
  const both = `${first} ${second}`
  if (Object.hasOwn(commands, both)) return { name: both, command: commands[both], args: rest }
  const isOfTwo = Object.keys(commands).some((name) => name.startsWith(`${first} `))
  if (isOfTwo) return { name: both.trim(), command: undefined, args: rest }
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined
  return { name: first, command, args: second === '' ? rest : [second, ...rest] }
}

/** Those that begin with the same word, or all of them. */
function like(name: string): Record<string, Command> {
  const [word = ''] = name.split(' ')
  const alike = Object.entries(commands).filter(([one]) => one.startsWith(`${word} `))
  return alike.length > 0 ? Object.fromEntries(alike) : commands
}

/** The second is what parseArgs of node:util throws. */
function isWrongUse(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  return error instanceof TypeError && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code))
}

function isExpected(error: unknown): error is Error {
  if (error instanceof CommandRefused || error instanceof SettingError) return true
  return [
    isDatabaseUnusable,
    isDatabaseUnreachable,
    isDatabaseBusy,
    isDatabaseFull,
    isOutcomeUnknown,
  ].some((is) => is(error))
}
