import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Difference } from '~/applications/configuration/compare'
import type { Proxy } from '~/applications/configuration/proxy-configuration'
import type { ListedApplication } from '~/applications/rows'
import {
  addApplicationSchema,
  editApplicationSchema,
  proxySchema,
  type ApplicationFields,
} from '~/applications/schemas'
import { ADD_OPTIONS, asFields, given, type Given } from './application-options'
import {
  counted,
  noArguments,
  onlyArgument,
  UsageError,
  CommandRefused,
  type Answer,
  type Command,
} from './command'
import { OPERATOR, parsedBy, table } from './operator'
import { noteMissingOrigin, withServices } from './with-services'

const OPTIONS =
  '[--upstream <where it listens>] [--groups <id,id> | --everybody] [--public-path <path>]… ' +
  '[--more-origin <origin>]… [--assertion] [--second-factor]'

const add: Command = {
  usage: `<id> --name <name> --address <https://…> ${OPTIONS}`,
  summary: 'Puts an application behind Latchkey: for everybody, unless groups are given.',
  async run(args) {
    const { id, values } = optionsIn(args)
    const { name, address, ...others } = values
    if (name === undefined) throw new UsageError('Say --name: what people are to call it.')
    if (address === undefined) throw new UsageError('Say --address: where people open it.')
    const fields = asFields({ ...NOTHING, name, address }, others)
    const { id: parsedId, ...parsed } = parsedBy(addApplicationSchema, { id, ...fields })
    return withServices(async ({ applications }) => {
      const result = await applications.add(OPERATOR, parsedId, parsed)
      if (!result.ok) throw new CommandRefused(sentenceFor(result.code, parsedId, parsed))
      return (
        `Added ${parsed.name}. ${whoMay(parsed)}\n` +
        `For your proxy: npm run --silent latchkey -- application config ${parsedId} --proxy nginx`
      )
    })
  },
}

/** An application of which nothing was said yet. */
const NOTHING = {
  forEverybody: true,
  groups: [],
  publicPaths: [],
  moreOrigins: [],
  assertion: false,
  secondFactor: false,
  upstream: null,
}

const edit: Command = {
  usage: `<id> [--name <name>] [--address <https://…>] ${OPTIONS.replace('--assertion', '--[no-]assertion').replace('--second', '--[no-]second')}`,
  summary:
    'Changes of an application what is given, and leaves the rest. --upstream "" empties it.',
  async run(args) {
    const { id, values } = optionsIn(args)
    if (Object.keys(values).length === 0) throw new UsageError('Say what is to be changed.')
    return withServices(async ({ applications }) => {
      const before = await applications.find(id)
      if (!before) throw noSuchApplication(id)
      const parsed = parsedBy(editApplicationSchema, asFields(before, values))
      const result = await applications.edit(OPERATOR, id, parsed)
      if (!result.ok) throw new CommandRefused(sentenceFor(result.code, id, parsed))
      return `Changed ${parsed.name}. ${whoMay(parsed)}`
    })
  },
}

const list: Command = {
  usage: '',
  summary: 'Lists the applications, where they are and who may use them.',
  async run(args) {
    noArguments(args)
    const { listed, signedIn } = await withServices(
      async ({ applications, applicationSignIns }) => ({
        listed: await applications.list(),
        signedIn: await applicationSignIns.counts(),
      }),
    )
    if (listed.length === 0) return 'There are no applications yet.'
    return table(
      listed.map((one) => [
        ...[one.id, one.address, whoIn(one)],
        `${signedIn.get(one.id) ?? 0} signed in`,
        one.name,
      ]),
    )
  },
}

const remove: Command = {
  usage: '<id>',
  summary: 'Removes an application with every sign-in at it. Its id is never used again.',
  async run(args) {
    const id = onlyArgument(args, "the application's id")
    return withServices(async ({ applications }) => {
      const result = await applications.remove(OPERATOR, id)
      if (!result.ok) throw noSuchApplication(id)
      const { signIns, tokens } = result.went
      return `Removed ${id}, with ${counted(signIns, 'sign-in')} and ${counted(tokens, 'API token')}.`
    })
  },
}

const config: Command = {
  usage: '[<id>] --proxy nginx|caddy|traefik [--compare <file>]',
  summary:
    'Prints the configuration of a proxy, filled in: of everything, or what one application adds. ' +
    'Into a file: npm run --silent latchkey -- application config --proxy nginx > latchkey.conf\n' +
    '      With --compare it prints where your file differs instead: - a line that it lacks, + one of yours.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { proxy: { type: 'string' }, compare: { type: 'string' } },
      allowPositionals: true,
    })
    if (positionals.length > 1)
      throw new UsageError('Name one application, or none for all of them.')
    const proxy = proxySchema.safeParse(values.proxy)
    if (!proxy.success) throw new UsageError('Say --proxy nginx, --proxy caddy or --proxy traefik.')
    const [id] = positionals
    const { compare: file } = values
    if (file !== undefined) return compare(file, proxy.data, id)
    const { text, env } = await withServices(async ({ printConfiguration }, env) => ({
      text: await printConfiguration(proxy.data, id),
      env,
    }))
    if (text === null) throw noSuchApplication(id ?? '')
    noteMissingOrigin(env)
    // One line break is added where it is printed.
    return text.replace(/\n$/, '')
  },
}

async function compare(file: string, proxy: Proxy, id: string | undefined): Promise<Answer> {
  const content = contentOf(file)
  const { differences, env } = await withServices(async ({ compareConfiguration }, env) => ({
    differences: await compareConfiguration(content, proxy, id),
    env,
  }))
  if (differences === null) throw noSuchApplication(id ?? '')
  noteMissingOrigin(env)
  const count = differences.reduce((sum, { missing }) => sum + missing.length, 0)
  const isBad = count > 0
  const sentence = isBad
    ? `${file} lacks ${counted(count, 'line')} of the printed configuration, or has changed it.`
    : `${file} has every line of the printed configuration.`
  const legend = '- a printed line that is not there\n+ a line of your own'
  const shown = differences.length > 0 ? [legend, ...differences.map(shownDifference)] : []
  return { text: [sentence, ...shown].join('\n\n'), isBad }
}

/** In the way of a diff. */
const shownDifference = ({ after, within, missing, added }: Difference): string =>
  [
    `after line ${after}${within && `, in ${within.replace(/ \{$/, '')}`}:`,
    ...missing.map((line) => `- ${line}`),
    ...added.map((line) => `+ ${line}`),
  ].join('\n')

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandRefused(`${file} cannot be read: ${reason}.`)
  }
}

export const applicationCommands: Record<string, Command> = {
  'application add': add,
  'application list': list,
  'application edit': edit,
  'application remove': remove,
  'application config': config,
}

function optionsIn(args: string[]): { id: string; values: Given } {
  const { values, positionals } = parseArgs({
    args,
    options: ADD_OPTIONS,
    allowPositionals: true,
    allowNegative: true,
  })
  const [id, ...more] = positionals
  if (!id || more.length > 0) throw new UsageError("Name the application's id, and one only.")
  return { id, values: given(values) }
}

const noSuchApplication = (id: string) =>
  new CommandRefused(
    `There is no application "${id}". "application list" shows those that there are.`,
  )

type Code =
  | 'NO_SUCH_APPLICATION'
  | 'NO_SUCH_GROUP'
  | 'ID_TAKEN'
  | 'HOST_TAKEN'
  | 'IS_ACCOUNT_SITE'
  | 'PLAIN_HTTP'

function sentenceFor(code: string, id: string, { address, group }: ApplicationFields): string {
  const sentences: Record<Code, string> = {
    NO_SUCH_APPLICATION: noSuchApplication(id).message,
    NO_SUCH_GROUP: `One of these groups does not exist: ${group.join(', ')}. "group list" shows those that there are.`,
    ID_TAKEN: `An application has the id "${id}", or had it once: proxies may still be configured for that one. Choose another.`,
    HOST_TAKEN: `Another application has the host name ${address.host}. Give this one its own: cookies know no ports.`,
    IS_ACCOUNT_SITE: `${address.host} is the host name of Latchkey itself. Give the application its own.`,
    PLAIN_HTTP: `Over ${address.address} everybody on the way can read along. Use https, or set ALLOW_HTTP=1.`,
  }
  return sentences[code as Code] ?? 'This was refused.'
}

const whoMay = ({ access, group }: ApplicationFields): string => {
  if (access === 'everybody') return 'Everybody with an account may use it.'
  return group.length > 0 ? `For the groups: ${group.join(', ')}.` : 'Nobody may use it yet.'
}

const whoIn = ({ forEverybody, groups }: ListedApplication): string =>
  forEverybody ? 'everybody' : groups.map(({ id }) => id).join(',') || 'nobody'
