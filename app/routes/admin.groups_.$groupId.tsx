import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import type { Acting } from '~/accounts/viewer'
import { userListSchema } from '~/accounts/users/schemas'
import { chosenMembersSchema, renameGroupSchema } from '~/applications/schemas'
import { askToRemoveGroup, askToTakeOut, whatTheyLose } from '~/web/administered-questions'
import { refused, success, tooManyAttempts, unprocessable } from '~/web/answers'
import { isConfirmed } from '~/web/confirmation'
import { parseForm, readIntent, readSignedForm, refuseFields } from '~/web/forms'
import { requireAdmin, signInPath } from '~/web/guards'
import { pageLinks } from '~/web/page-links'
import { provenAs } from '~/web/step-up'
import { titleAt } from '~/ui/frame/site'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { AddMembers, GroupMembers } from '~/ui/groups/group-members'
import { OpenedApplications, RemoveGroup, RenameGroup } from '~/ui/groups/rename-group'

export { clientAction } from '~/ui/controls/client-action'

export const meta: MetaFunction<typeof loader> = ({ data, matches }) => [
  { title: titleAt(matches, data?.name ?? 'Group') },
]

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const { groups } = context.services
  const { searchParams } = new URL(request.url)
  const group = await findGroup(params.groupId, context)
  const asked = userListSchema.parse({ q: searchParams.get('q') ?? '' }).q.trim()
  const [{ people, ...pages }, found] = await Promise.all([
    groups.members(group.id, searchParams.get('at')),
    findPeople(asked, group.id, context),
  ])
  return {
    name: group.name,
    applications: group.applications,
    total: group.members,
    people,
    pages: pageLinks(request.url, pages),
    asked,
    ...found,
    whatGoes: whatTheyLose(group),
  }
}

async function findGroup(id: string | undefined, { services }: AppLoadContext) {
  const group = await services.groups.find(id ?? '')
  if (!group) throw noSuchGroup()
  return group
}

/** Whoever is called so, and whether they are in the group already. */
async function findPeople(text: string, groupId: string, { services }: AppLoadContext) {
  if (text === '') return { found: [], hasMore: false }
  const { users, older } = await services.searchUsers({ ...EVERYBODY, text })
  const ids = users.map(({ id }) => id)
  const members = new Set((await services.groups.membersAmong(groupId, ids)).map(({ id }) => id))
  return {
    found: users.map(({ id, name, email }) => ({ id, name, email, isMember: members.has(id) })),
    hasMore: older !== null,
  }
}

const EVERYBODY = { role: null, state: null, sort: 'name', descending: false, at: null } as const

export async function action({ request, params, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  const intent = readIntent(form, INTENTS)
  const group = await findGroup(params.groupId, context)
  const result = await perform(intent, {
    acting: await provenAs(viewer, form, context),
    group,
    form,
    context,
  })
  if (!('code' in result)) return result
  switch (result.code) {
    case 'NO_SUCH_GROUP':
      throw noSuchGroup()
    case 'NAME_TAKEN':
      return unprocessable(refuseFields(form, renameGroupSchema, { name: NAME_TAKEN }))
    case 'TOO_MANY_ATTEMPTS':
      return tooManyAttempts(result, context)
    default:
      throw redirect(signInPath(request, context))
  }
}

const INTENTS = ['rename', 'add-members', 'remove-members', 'remove-group'] as const
const NAME_TAKEN = 'Another group has this name.'

type SubAction = {
  acting: Acting
  group: Awaited<ReturnType<typeof findGroup>>
  form: URLSearchParams
  context: AppLoadContext
}

async function perform(
  intent: (typeof INTENTS)[number],
  { acting, group, form, context: { services } }: SubAction,
) {
  const { groups } = services
  switch (intent) {
    case 'rename': {
      const parsed = parseForm(form, renameGroupSchema)
      if (!parsed.ok) return unprocessable(parsed)
      const result = await groups.rename(acting, group.id, parsed.fields.name)
      return result.ok ? success({ title: 'Name saved' }) : result
    }
    case 'add-members': {
      const parsed = parseForm(form, chosenMembersSchema)
      if (!parsed.ok) return refused(`${parsed.errors.userId}.`)
      const add = parsed.fields.userId
      const result = await groups.changeMembers(acting, group.id, { add })
      return result.ok ? success({ title: `Added to ${group.name}` }) : result
    }
    case 'remove-members': {
      const parsed = parseForm(form, chosenMembersSchema)
      if (!parsed.ok) return refused(`${parsed.errors.userId}.`)
      const remove = parsed.fields.userId
      if (!isConfirmed(form)) {
        return askToTakeOut(form, group, await groups.membersAmong(group.id, remove))
      }
      const result = await groups.changeMembers(acting, group.id, { remove })
      return result.ok ? success({ title: `Taken out of ${group.name}` }) : result
    }
    case 'remove-group': {
      if (!isConfirmed(form)) return askToRemoveGroup(form, group)
      const result = await groups.remove(acting, group.id)
      if (result.ok) throw redirect('/admin/groups?removed=1')
      return result
    }
  }
}

const noSuchGroup = () => new Response('There is no such group, or not any more.', { status: 404 })

export default function Group() {
  const page = useLoaderData<typeof loader>()
  const { message, problem, errors, typed } = useFormAnswer()
  return (
    <AccountPage title={page.name}>
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      <GroupMembers people={page.people} total={page.total} pages={page.pages} />
      <AddMembers
        asked={page.asked}
        found={page.found}
        ticked={new Set(typed.intent === 'add-members' ? typed.userId?.split(' ') : [])}
        hasMore={page.hasMore}
      />
      <OpenedApplications applications={page.applications} />
      <RenameGroup name={typed.name ?? page.name} error={errors.name} />
      <RemoveGroup whatGoes={page.whatGoes} />
    </AccountPage>
  )
}
