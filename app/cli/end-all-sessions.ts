import { parseArgs } from 'node:util'
import { counted, type Command } from './command'
import { withServices } from './with-services'

export const endAllSessions: Command = {
  usage: '[--after-restore]',
  summary:
    'Signs everybody out, everywhere. --after-restore: also ends one-time links, and says so in the ' +
    'audit log, since what was ended and used up since the backup is open in it.',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { 'after-restore': { type: 'boolean', default: false } },
    })
    if (values['after-restore']) {
      const ended = await withServices(({ access }) => access.endAllAfterRestore())
      const sessions = counted(ended.sessions, 'active session')
      return `Ended ${sessions} and ${counted(ended.links, 'one-time link')}. Nobody is signed in.`
    }
    const { sessions, receipt } = await withServices(({ access }) =>
      access.endEverybodyAsOperator(),
    )
    const { confirmed, total } = receipt.nodes
    const ended = `Ended ${counted(sessions, 'active session')}. Nobody is signed in.`
    return total > 1 ? `${ended} Confirmed by ${confirmed} of ${total} nodes.` : ended
  },
}
