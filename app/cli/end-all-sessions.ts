import { counted, noArguments, type Command } from './command'
import { withServices } from './with-services'

export const endAllSessions: Command = {
  usage: '',
  summary: 'Signs everybody out, everywhere.',
  async run(args) {
    noArguments(args)
    const { sessions } = await withServices(({ access }) => access.endEverybodyAsOperator())
    return `Ended ${counted(sessions, 'active session')}. Nobody is signed in.`
  },
}
