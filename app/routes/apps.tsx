import type { LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { LayoutGrid } from 'lucide-react'
import { requireViewer } from '~/web/guards'
import { titled } from '~/ui/frame/site-name'
import { AppTiles } from '~/ui/applications/app-tiles'
import { ButtonLink } from '~/ui/controls/button'
import { EmptyState } from '~/ui/display/empty-state'
import { AccountPage } from '~/ui/frame/account-page'

export const meta = titled('Apps')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { user } = await requireViewer(request, context)
  const apps = await context.services.applications.openTo(user.id)
  return { apps, isAdmin: user.role === 'admin' }
}

export default function Apps() {
  const { apps, isAdmin } = useLoaderData<typeof loader>()
  return (
    <AccountPage title="Apps">
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
