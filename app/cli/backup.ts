import { backUpDatabase } from '~/database/open'
import { readEnv } from '~/server/env'
import { onlyArgument, type Command } from './command'

const MEGABYTE = 1_000_000

export const backup: Command = {
  usage: '<file>',
  summary: 'Copies the database to a new file that only you can read, while the server runs.',
  run(args) {
    const file = onlyArgument(args, 'the file to write the backup to')
    const written = backUpDatabase({ url: readEnv().databaseUrl, file })
    const megabytes = (written.bytes / MEGABYTE).toFixed(1)
    return (
      `Wrote ${written.path} (${megabytes} MB).\n` +
      `To put it back: npm run latchkey -- restore ${written.path}`
    )
  },
}
