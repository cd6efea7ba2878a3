import { parseArgs } from 'node:util'
import type { Services } from '~/server/services'
import { addGroupSchema, renameGroupSchema } from '~/applications/schemas'
import { namesIn } from './application-options'
import { CommandRefused, noArguments, onlyArgument, UsageError, type Command } from './command'
import { OPERATOR, parsedBy, table } from './operator'
import { withServices } from './with-services'

const add: Command = {
  usage: '<id> --name <name>',
  summary: 'Makes a group of people, by which applications are opened to some and not to others.',
  async run(args) {
    const group = parsedBy(addGroupSchema, idAndName(args))
    return withServices(async ({ groups }) => {
      const result = await groups.add(OPERATOR, group)
      if (!result.ok) throw refusal(result.code, group)
      return `Added ${group.name}. To put people in: group members ${group.id} --add <e-mail or username>`
    })
  },
}

const list: Command = {
  usage: '',
  summary: 'Lists the groups, how many people are in each, and which applications it opens.',
  async run(args) {
    noArguments(args)
    const listed = await withServices(({ groups }) => groups.list())
    if (listed.length === 0) return 'There are no groups yet.'
    return table(
      listed.map(({ id, name, members, applications }) => [
        ...[id, people(members), applications.map((one) => one.id).join(',') || '-', name],
      ]),
    )
  },
}

const rename: Command = {
  usage: '<id> --name <name>',
  summary: 'Gives a group another name, which applications are told from the next request on.',
  async run(args) {
    const { id, name: typed } = idAndName(args)
    const { name } = parsedBy(renameGroupSchema, { name: typed })
    return withServices(async ({ groups }) => {
      const result = await groups.rename(OPERATOR, id, name)
      if (!result.ok) throw refusal(result.code, { id, name })
      return `Renamed ${id} to ${name}.`
    })
  },
}

const members: Command = {
  usage: '<id> [--add <e-mail or username>]… [--remove <e-mail or username>]…',
  summary: 'Puts people into a group and takes others out of it, or lists who is in it.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: {
        add: { type: 'string', multiple: true, default: [] },
        remove: { type: 'string', multiple: true, default: [] },
      },
      allowPositionals: true,
    })
    const id = onlyArgument(positionals, "the group's id")
    return withServices(async ({ groups }) => {
      const group = await groups.find(id)
      if (!group) throw refusal('NO_SUCH_GROUP', { id, name: '' })
      const adding = await everyone(groups, namesIn(values.add))
      const removing = await everyone(groups, namesIn(values.remove))
      if (adding.length + removing.length === 0) return listMembers(groups, id)
      const both = adding.find((one) => removing.some((other) => other.id === one.id))
      if (both) throw new UsageError(`${both.name} cannot be put in and taken out at once.`)
      const change = { add: idsOf(adding), remove: idsOf(removing) }
      const result = await groups.changeMembers(OPERATOR, id, change)
      if (!result.ok) throw refusal(result.code, group)
      const now = await groups.find(id)
      return `${group.name} has ${people(now?.members ?? 0)} now.`
    })
  },
}

const remove: Command = {
  usage: '<id>',
  summary: 'Removes a group. Whoever may use an application by it alone is signed out of that.',
  async run(args) {
    const id = onlyArgument(args, "the group's id")
    return withServices(async ({ groups }) => {
      const group = await groups.find(id)
      const result = await groups.remove(OPERATOR, id)
      if (!group || !result.ok) throw refusal('NO_SUCH_GROUP', { id, name: '' })
      const opened = group.applications.map(({ name }) => name).join(', ')
      return `Removed ${group.name}, which had ${people(group.members)}${opened && ` and opened ${opened}`}.`
    })
  },
}

export const groupCommands: Record<string, Command> = {
  'group add': add,
  'group list': list,
  'group members': members,
  'group rename': rename,
  'group remove': remove,
}

const people = (count: number) => (count === 1 ? '1 person' : `${count} people`)
const idsOf = (all: readonly { id: string }[]) => all.map(({ id }) => id)

function idAndName(args: string[]): { id: string; name: string } {
  const { values, positionals } = parseArgs({
    args,
    options: { name: { type: 'string' } },
    allowPositionals: true,
  })
  const id = onlyArgument(positionals, "the group's id")
  if (values.name === undefined) throw new UsageError('Say --name: what it is to be called.')
  return { id, name: values.name }
}

/** Those who are called so. Nothing is changed for anybody when one of them is unknown. */
async function everyone(groups: Services['groups'], names: readonly string[]) {
  const found = await Promise.all(
    names.map(async (name) => ({ name, person: await groups.called(name) })),
  )
  const unknown = found.filter(({ person }) => person === null).map(({ name }) => `"${name}"`)
  if (unknown.length > 0) {
    throw new CommandRefused(
      `Nobody has the e-mail address or username ${unknown.join(', ')}. Nothing was changed.`,
    )
  }
  return found.flatMap(({ person }) => person ?? [])
}

async function listMembers(groups: Services['groups'], id: string): Promise<string> {
  const lines: string[][] = []
  for (let at: string | null = null, isFirst = true; isFirst || at !== null; isFirst = false) {
    const page: Awaited<ReturnType<typeof groups.members>> = await groups.members(id, at)
    lines.push(...page.people.map(({ email, name }) => [email, name]))
    at = page.older
  }
  return lines.length > 0 ? table(lines) : 'Nobody is in it.'
}

function refusal(code: string, { id, name }: { id: string; name: string }): CommandRefused {
  const sentences: Record<string, string> = {
    ID_TAKEN: `Another group has the id "${id}". Choose another.`,
    NAME_TAKEN: `Another group is called "${name}". Choose another name.`,
    NO_SUCH_GROUP: `There is no group "${id}". "group list" shows those that there are.`,
  }
  return new CommandRefused(sentences[code] ?? 'This was refused.')
}
