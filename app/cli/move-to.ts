import { systemClock } from '~/accounts/time'
import { moveToOther } from '~/database/open'
import { readEnv } from '~/server/env'
import { counted, onlyArgument, type Command } from './command'
import { createProgress } from './progress'

export const moveTo: Command = {
  usage: 'postgresql://…',
  summary: 'Moves everything from SQLite to an empty PostgreSQL database. Stop the server first.',
  async run(args) {
    const to = onlyArgument(args, 'the PostgreSQL database to move to')
    const progress = createProgress()
    const moved = await moveToOther({
      from: readEnv().databaseUrl,
      to,
      clock: systemClock,
      onProgress: (done, total) => progress.show(done, total),
    })
    progress.end()
    const counts = [
      counted(moved.user, 'user'),
      counted(moved.session, 'session'),
      counted(moved.apiToken, 'API token'),
      counted(moved.oneTimeLink, 'one-time link'),
      counted(moved.auditEvent, 'line') + ' of the audit log',
    ]
    return [
      `Moved ${counts.join(', ')}; every table was counted on both sides.`,
      'Everybody stays signed in while ORIGIN stays what it is. Set DATABASE_URL to the new database and',
      'start the server.',
      'The file is as it was, and refuses to be used again.',
    ].join('\n')
  },
}
