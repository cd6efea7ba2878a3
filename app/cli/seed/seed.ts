import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Services } from '~/server/services'
import { CommandRefused, counted, UsageError, type Command } from '../command'
import { withServices } from '../with-services'
import { inventPeople } from './people'
import { createProgress } from '../progress'

/** One transaction each: a server that runs on the same file gets its turn in between. */
const BATCH = 1_000
/** More than fit on a page of a list. */
const USERS = 300
const MOST_USERS = 1_000_000
const PASSWORD_BYTES = 12

export const seed: Command = {
  usage: '[--users N] [--seed N] [--add]',
  summary:
    'Invents N people with sessions, the same ones for the same seed, in a database with nobody in it. ' +
    '--add: also among others, with no administrator among the invented.',
  async run(args) {
    const { users, number, add } = readArguments(args)
    return withServices(
      async (services) => {
        const found = await services.database.client.user.count()
        if (found > 0 && !add) throw new CommandRefused(inhabited(found))
        return fill(services, { users, number, administrators: found === 0 })
      },
      { create: true },
    )
  },
}

function readArguments(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      users: { type: 'string', default: String(USERS) },
      seed: { type: 'string', default: '1' },
      add: { type: 'boolean', default: false },
    },
  })
  const users = Number(values.users)
  if (!Number.isInteger(users) || users < 1 || users > MOST_USERS) {
    throw new UsageError(`--users must be a number from 1 to ${MOST_USERS}.`)
  }
  const number = Number(values.seed)
  if (!Number.isInteger(number)) throw new UsageError('--seed must be a whole number.')
  return { users, number, add: values.add }
}

/** By a wrong DATABASE_URL, invented people must not come to real ones. */
const inhabited = (found: number) =>
  `There ${found === 1 ? 'is' : 'are'} ${counted(found, 'user')} in this database. ` +
  'Say --add if invented ones may come to them.'

/**
 * @param options.administrators whether some are administrators: not among real people, since the
 * password of all of them is printed
 */
async function fill(
  services: Services,
  { users, number, administrators }: { users: number; number: number; administrators: boolean },
) {
  const began = performance.now()
  const password = randomBytes(PASSWORD_BYTES).toString('base64url')
  const add = await services.addPeople(password)
  const progress = createProgress()
  const people = inventPeople({ seed: number, now: services.clock.now(), administrators })
  const done = { users: 0, sessions: 0 }
  let administrator: string | undefined
  while (done.users < users) {
    const batch = take(people, Math.min(BATCH, users - done.users))
    const added = await add(batch)
    done.users += added.users
    done.sessions += added.sessions
    administrator ??= batch.find(({ role }) => role === 'admin')?.email
    progress.show(done.users, users)
  }
  progress.end()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  return [
    `Added ${counted(done.users, 'user')} and ${counted(done.sessions, 'session')} in ${seconds} s.`,
    ...(administrator ? [`An administrator among them: ${administrator}.`] : []),
    `Their password: ${password}`,
  ].join('\n')
}

const take = <T>(items: Generator<T, never>, count: number): T[] =>
  Array.from({ length: count }, () => items.next().value)
