import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import LayoutGrid from 'lucide-react/icons/layout-grid'
import { readIntent, readSignedForm } from '~/web/forms'
import { requireViewer } from '~/web/guards'
import { hideNextSteps, nextStepsOf } from '~/web/next-steps'
import { titled } from '~/ui/frame/site'
import { AppTiles } from '~/ui/applications/app-tiles'
import { ButtonLink } from '~/ui/controls/button'
import { EmptyState } from '~/ui/display/empty-state'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { NextSteps } from '~/ui/people/next-steps'
import { useFormAnswer } from '~/ui/controls/use-form-answer'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Apps')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const { user } = viewer
  const [apps, nextSteps] = await Promise.all([
    context.services.applications.openTo(user.id),
    nextStepsOf(viewer, context),
  ])
  return { apps, isAdmin: user.role === 'admin', nextSteps }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  readIntent(form, ['hide-next-steps'])
  return hideNextSteps(viewer, request, context)
}

export default function Apps() {
  const { apps, isAdmin, nextSteps } = useLoaderData<typeof loader>()
  const { message, problem } = useFormAnswer()
  return (
    <AccountPage title="Apps">
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      {nextSteps && <NextSteps steps={nextSteps} />}
      {apps.length > 0 ? (
        <AppTiles apps={apps} />
      ) : (
        <div className="rounded-panel border border-line bg-panel shadow-panel">
          <EmptyState
            icon={<LayoutGrid />}
            title="Nothing to open yet"
            action={isAdmin && <ButtonLink to="/admin/applications">Applications</ButtonLink>}
          >
            {isAdmin
              ? 'What you connect to Latchkey, and may use yourself, is opened from here.'
              : 'Once an administrator has given you something to use, you open it from here.'}
          </EmptyState>
        </div>
      )}
    </AccountPage>
  )
}
