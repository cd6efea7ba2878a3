import { emailOrUsernameSchema } from '~/accounts/users/schemas'
import { CommandRefused, counted, onlyArgument, type Command } from './command'
import { parsedBy } from './operator'
import { noteMissingOrigin, withServices } from './with-services'

const remove: Command = {
  usage: '<e-mail or username>',
  summary:
    "Takes somebody's second factors away and signs them out, for who lost all of them, and makes the " +
    'link that the next one needs.',
  async run(args) {
    const person = onlyArgument(args, "the person's e-mail address or username")
    const emailOrUsername = parsedBy(emailOrUsernameSchema, person)
    return withServices(async ({ administerFactors }, env) => {
      const result = await administerFactors.removeAsOperator(emailOrUsername)
      if (!result.ok) throw new CommandRefused(sentenceFor(result.code))
      noteMissingOrigin(env)
      return (
        `Took ${counted(result.factors, 'second factor')} of ${result.name} away. To set up another one ` +
        `they need, besides their password, this link, which works once, within 24 hours:\n` +
        `${env.origin}/add-factor?token=${result.secret}`
      )
    })
  },
}

export const factorCommands: Record<string, Command> = { 'factors remove': remove }

const sentenceFor = (code: string): string =>
  code === 'NO_FACTORS'
    ? 'This person has no second factor.'
    : 'Nobody has this e-mail address or username.'
