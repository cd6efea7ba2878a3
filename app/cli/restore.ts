import { restoreDatabase } from '~/database/open'
import { readEnv } from '~/server/env'
import { counted, onlyArgument, type Command } from './command'
import { withServices } from './with-services'

export const restore: Command = {
  usage: '<file>',
  summary: 'Puts a backup in place of the database and signs everybody out. Stop the server first.',
  async run(args) {
    const file = onlyArgument(args, 'the backup to put in place')
    const { path, kept, value } = await restoreDatabase({
      url: readEnv().databaseUrl,
      file,
      prepare: (databaseUrl) =>
        withServices(({ access }) => access.endAllAfterRestore(), { databaseUrl }),
    })
    return [
      `Restored ${path} from ${file}.`,
      ...(kept === undefined ? [] : [`What was there before is kept in ${kept}.`]),
      `Nobody is signed in: ended ${counted(value.sessions, 'active session')} and ` +
        `${counted(value.links, 'one-time link')} of then.`,
      'All the rest is as it was then, too: passwords, roles, people who were disabled or deleted since, ' +
        'and API tokens that were revoked since. Go through them once the server runs.',
    ].join('\n')
  },
}
