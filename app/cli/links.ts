import { emailOrUsernameSchema } from '~/accounts/users/schemas'
import { CommandRefused, noArguments, onlyArgument, UsageError, type Command } from './command'
import { noteMissingOrigin, withServices } from './with-services'

const passwordLink: Command = {
  usage: '<e-mail or username>',
  summary: 'Makes a one-time link by which that person chooses a new password.',
  async run(args) {
    const person = emailOrUsernameSchema.safeParse(
      onlyArgument(args, "the person's e-mail address or username"),
    )
    if (!person.success) throw new UsageError(`${person.error.issues[0]?.message}.`)
    return withServices(async ({ administration }, env) => {
      const result = await administration.createPasswordLinkAsOperator(person.data)
      if (!result.ok) throw new CommandRefused(refusals[result.code])
      noteMissingOrigin(env)
      return (
        `${env.origin}/password-link?token=${result.secret}\n` +
        `It works once, within 24 hours, and lets whoever opens it be ${result.name}.`
      )
    })
  },
}

const refusals = {
  NO_SUCH_USER: 'Nobody has this e-mail address or username.',
  DISABLED: 'This account is disabled. An administrator has to enable it first.',
} as const

const setupLink: Command = {
  usage: '',
  summary: 'Makes the one-time link by which the first administrator is created.',
  async run(args) {
    noArguments(args)
    return withServices(async ({ setUp }, env) => {
      const link = await setUp.createLink()
      if (link.state !== 'made') throw new CommandRefused(IS_SET_UP)
      noteMissingOrigin(env)
      return (
        `${env.origin}/setup?token=${link.secret}\n` +
        'It works once, within 24 hours, and the ones printed before it work no more.'
      )
    })
  },
}

const IS_SET_UP =
  'There is an administrator already, who can make others ones too, on their pages under Users.'

export const linkCommands: Record<string, Command> = {
  'password-link': passwordLink,
  'setup-link': setupLink,
}
