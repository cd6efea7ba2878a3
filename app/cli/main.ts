import {
  isDatabaseBusy,
  isDatabaseFull,
  isDatabaseUnreachable,
  isDatabaseUnusable,
  isOutcomeUnknown,
} from '~/database/errors'
import { SettingError } from '~/server/env'
import { backup } from './backup'
import { CommandRefused, helpText, UsageError, type Command } from './command'
import { doctor } from './doctor'
import { endAllSessions } from './end-all-sessions'
import { moveTo } from './move-to'
import { passwordLink } from './password-link'
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
  'password-link': passwordLink,
  doctor,
  seed,
}

/**
 * The operator's command line. Answers go to standard output, everything else to standard error.
 *
 * @param argv the command and its arguments
 * @returns the exit code: 0 done, 1 refused, failed or found something wrong, 2 wrongly asked for
 */
export async function runCli([name = 'help', ...args]: readonly string[]): Promise<number> {
  if (/^(?:help|-h|--help)$/.test(name)) {
    console.log(helpText(commands))
    return DONE
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  try {
    if (!command) throw new UsageError(`There is no command "${name}".`)
    const answer = await command.run(args)
    const { text, isBad } = typeof answer === 'string' ? { text: answer, isBad: false } : answer
    console.log(text)
    return isBad ? FAILED : DONE
  } catch (error) {
    if (isWrongUse(error)) {
      console.error(`${error.message}\n\n${helpText(command ? { [name]: command } : commands)}`)
      return MISUSED
    }
    if (!isExpected(error)) throw error
    console.error(error.message)
    return FAILED
  }
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
