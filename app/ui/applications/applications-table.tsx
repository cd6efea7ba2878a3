import AppWindow from 'lucide-react/icons/app-window'
import { ButtonLink } from '../controls/button'
import { TextLink } from '../controls/text-link'
import { Badge } from '../display/badge'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'

export type ApplicationRow = {
  id: string
  name: string
  address: string
  forEverybody: boolean
  groups: readonly { id: string; name: string }[]
  /** How many browsers. */
  signedIn: number
}

/** The applications behind Latchkey. */
export function ApplicationsTable({ applications }: { applications: readonly ApplicationRow[] }) {
  return (
    <DataTable
      caption="Applications"
      columns={COLUMNS}
      rows={applications}
      rowKey={(application) => application.id}
      empty={
        <EmptyState
          icon={<AppWindow />}
          title="No applications yet"
          action={<ButtonLink to="/admin/applications/new">Add an application</ButtonLink>}
        >
          Put a wiki, a Grafana or something of your own behind Latchkey: people reach it with their
          account here, and whoever is signed out here is refused there from the next request on.
        </EmptyState>
      }
    />
  )
}

const COLUMNS: Column<ApplicationRow>[] = [
  {
    key: 'name',
    header: 'Name and address',
    isTitle: true,
    cell: ({ id, name, address }) => (
      <>
        <TextLink to={`/admin/applications/${id}`}>{name}</TextLink>
        <span className="block text-[0.8125rem] font-normal text-soft">{address}</span>
      </>
    ),
  },
  {
    key: 'access',
    header: 'For',
    cell: ({ forEverybody, groups }) => {
      if (forEverybody) return 'Everybody'
      if (groups.length === 0) return <Badge tone="warning">Nobody yet</Badge>
      return groups.map(({ name }) => name).join(', ')
    },
  },
  {
    key: 'signedIn',
    header: 'Signed in',
    align: 'right',
    cell: ({ signedIn }) => signedIn || null,
  },
]
