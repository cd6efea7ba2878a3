import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Services } from '~/server/services'
import { CommandRefused, UsageError, type Command } from '../command'
import { withServices } from '../with-services'
import { inventPeople } from './people'
import { createProgress } from './progress'

/** One transaction each: a server that runs on the same file gets its turn in between. */
const BATCH = 1_000
const MOST_USERS = 1_000_000
/** More users than this are not somebody's trial: a wrong DATABASE_URL must not mix the two. */
const A_HANDFUL = 5
const PASSWORD_BYTES = 12

export const seed: Command = {
  usage: '--users N [--seed N] [--add]',
  summary:
    'Invents N people with sessions, the same ones for the same seed. --add: also among others.',
  async run(args) {
    const { users, number, add } = readArguments(args)
    return withServices(
      async (services) => {
        if (!add) await refuseInhabited(services)
        return fill(services, { users, number })
      },
      { create: true },
    )
  },
}

function readArguments(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      users: { type: 'string' },
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

async function refuseInhabited({ database }: Services) {
  const found = await database.client.user.count()
  if (found <= A_HANDFUL) return
  throw new CommandRefused(
    `There are ${found} users in this database. Say --add if invented ones may come to them.`,
  )
}

async function fill(services: Services, { users, number }: { users: number; number: number }) {
  const began = performance.now()
  const password = randomBytes(PASSWORD_BYTES).toString('base64url')
  const add = await services.addPeople(password)
  const progress = createProgress(users)
  const people = inventPeople({ seed: number, now: services.clock.now() })
  const done = { users: 0, sessions: 0 }
  let administrator: string | undefined
  while (done.users < users) {
    const batch = take(people, Math.min(BATCH, users - done.users))
    const added = await add(batch)
    done.users += added.users
    done.sessions += added.sessions
    // Whoever was there before has another password.
    const administrators = batch.filter(({ role }) => role === 'admin')
    if (added.users === batch.length) administrator ??= administrators[0]?.email
    progress.show(done.users)
  }
  progress.end()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  return [
    `Added ${done.users} users and ${done.sessions} sessions in ${seconds} s.`,
    ...(administrator ? [`An administrator among them: ${administrator}.`] : []),
    `Everybody's password: ${password}`,
  ].join('\n')
}

const take = <T>(items: Generator<T, never>, count: number): T[] =>
  Array.from({ length: count }, () => items.next().value)
