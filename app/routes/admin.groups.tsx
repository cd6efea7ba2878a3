import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { useMemo } from 'react'
import { addGroupSchema } from '~/applications/schemas'
import { success, tooManyAttempts, unprocessable } from '~/web/answers'
import { parseForm, readIntent, readSignedForm, refuseFields } from '~/web/forms'
import { requireAdmin, signInPath } from '~/web/guards'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { Panel } from '~/ui/frame/panel'
import { GroupsTable } from '~/ui/groups/groups-table'
import { NewGroupForm } from '~/ui/groups/new-group-form'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Groups')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const groups = await context.services.groups.list()
  const isRemoved = new URL(request.url).searchParams.get('removed') === '1'
  return {
    groups: groups.map(({ id, name, members, applications }) => ({
      ...{ id, name, members, applications },
    })),
    isRemoved,
  }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  readIntent(form, ['add-group'])
  const parsed = parseForm(form, addGroupSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const result = await context.services.groups.add(
    await provenAs(viewer, form, context),
    parsed.fields,
  )
  if (result.ok) {
    return { ...success({ title: `${parsed.fields.name} was added` }), added: parsed.fields.id }
  }
  switch (result.code) {
    case 'ID_TAKEN':
      return unprocessable(refuseFields(form, addGroupSchema, { id: ID_TAKEN }))
    case 'NAME_TAKEN':
      return unprocessable(refuseFields(form, addGroupSchema, { name: GROUP_NAME_TAKEN }))
    case 'TOO_MANY_ATTEMPTS':
      return tooManyAttempts(result, context)
    default:
      throw redirect(signInPath(request, context))
  }
}

const ID_TAKEN = 'Another group has this short name.'
const GROUP_NAME_TAKEN = 'Another group has this name.'

export default function Groups() {
  const { groups, isRemoved } = useLoaderData<typeof loader>()
  const { message, problem, errors, typed } = useFormAnswer()
  const answer = useLastAnswer<{ added?: string }>()
  const removed = useMemo(
    () => (isRemoved ? { title: 'The group was removed' } : null),
    [isRemoved],
  )
  return (
    <AccountPage title="Groups">
      <Outcome message={message ?? removed} />
      {problem && <Notice tone="danger" title={problem} />}
      <Panel
        flush
        heading="People who may use the same applications"
        description="Applications are told the names of a person’s groups. A group gives nobody any right in Latchkey itself."
      >
        <GroupsTable groups={groups} />
      </Panel>
      <NewGroupForm key={answer?.added} errors={errors} typed={typed} />
    </AccountPage>
  )
}
