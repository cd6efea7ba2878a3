import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { useMemo } from 'react'
import { userListSchema } from '~/accounts/users/schemas'
import { success } from '~/web/answers'
import { askFirst, isConfirmed } from '~/web/confirmation'
import { deletedMessage, howFinal, matchesInWords, NOTHING_LEFT, pluralize } from '~/web/messages'
import { readIntent, readSignedForm } from '~/web/forms'
import { requireAdmin, signInPath } from '~/web/guards'
import { pageLinks } from '~/web/page-links'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { ButtonLink } from '~/ui/controls/button'
import { DoubleCheckButton } from '~/ui/controls/double-check-button'
import { FormToken } from '~/ui/frame/page-context'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { MatchCount, Pagination } from '~/ui/display/pagination'
import { Panel } from '~/ui/frame/panel'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { UserSearch } from '~/ui/people/user-search'
import { UsersTable } from '~/ui/people/users-table'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Users')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const { searchParams } = new URL(request.url)
  const asked = userListSchema.parse(Object.fromEntries(searchParams))
  const byTime = asked.sort === 'created' || asked.sort === 'active'
  const order = asked.order ?? (byTime ? 'desc' : 'asc')
  const { users, total, isMore, byPart, ...pages } = await context.services.searchUsers({
    text: asked.q,
    role: asked.role,
    state: asked.state,
    sort: asked.sort,
    descending: order === 'desc',
    at: searchParams.get('at'),
  })
  return {
    users,
    total: matchesInWords({ total, isMore }, 'user'),
    byPart,
    asked: { ...asked, order },
    pages: pageLinks(request.url, pages),
    deleted: deletedMessage(searchParams, await nameOfDeleted(searchParams, context)),
  }
}

/** Whom the log says was deleted: the address names them by id, so that nobody can put words into it. */
async function nameOfDeleted(query: URLSearchParams, { services }: AppLoadContext) {
  const subjectId = query.get('whom')
  if (!subjectId) return null
  const { events } = await services.searchAudit({ subjectId, kind: 'user.deleted', at: null })
  return events[0]?.subject?.name ?? null
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  readIntent(form, ['sign-everyone-out'])
  const { access } = context.services
  const acting = await provenAs(viewer, form, context)
  if (!isConfirmed(form)) return askAboutEverybody(form, await access.countEverybody(acting))
  const result = await access.endEverybody(acting)
  if (!result.ok) throw redirect(signInPath(request, context))
  if (result.sessions === 0) return nothingLeft
  return success({
    title: `Everyone was signed out of ${pluralize(result.sessions, 'session')}`,
    detail: howFinal('Recorded and in force everywhere', result.receipt),
  })
}

const nothingLeft = success(NOTHING_LEFT)

function askAboutEverybody(form: URLSearchParams, sessions: number) {
  if (sessions === 0) return nothingLeft
  return askFirst(form, {
    title: 'Sign everyone out?',
    effect: 'Everybody is signed out at once, wherever they are and whatever they are doing.',
    affected: [
      {
        label: pluralize(sessions, 'session'),
        detail: 'Of everybody, except the one that you are using now.',
      },
    ],
    label: 'Sign everyone out',
  })
}

export default function Users() {
  const { users, total, byPart, asked, pages, deleted } = useLoaderData<typeof loader>()
  const { message, problem } = useFormAnswer()
  // The same words are the same message, however often the page refreshes itself.
  const { title, detail } = deleted ?? {}
  const said = useMemo(() => (title ? { title, detail } : null), [title, detail])
  return (
    <AccountPage
      title="Users"
      actions={
        <ButtonLink to="/admin/users/new" tone="primary">
          New user
        </ButtonLink>
      }
    >
      <Outcome message={message ?? said} />
      {problem && <Notice tone="danger" title={problem} />}
      <Panel flush heading="Everybody with an account">
        <UserSearch asked={asked} />
        <MatchCount>{total}</MatchCount>
        <UsersTable users={users} typed={asked.q !== ''} byPart={byPart} />
        <Pagination {...pages} newerLabel="Previous" olderLabel="Next" />
      </Panel>
      <Panel
        heading="Sign everyone out"
        description="Ends every session of everybody, except the one that you are using now. API tokens go on working."
        actions={
          <Form method="post">
            <FormToken />
            <DoubleCheckButton label="Sign everyone out" name="intent" value="sign-everyone-out" />
          </Form>
        }
      />
    </AccountPage>
  )
}
