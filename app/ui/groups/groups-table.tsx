import UsersRound from 'lucide-react/icons/users-round'
import { TextLink } from '../controls/text-link'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'

export type GroupRow = {
  id: string
  name: string
  members: number
  applications: readonly { id: string; name: string }[]
}

/** All groups. */
export function GroupsTable({ groups }: { groups: readonly GroupRow[] }) {
  return (
    <DataTable
      caption="Groups"
      columns={COLUMNS}
      rows={groups}
      rowKey={(group) => group.id}
      empty={
        <EmptyState icon={<UsersRound />} title="No groups yet">
          Create one for people who may use what others may not, such as the staff.
        </EmptyState>
      }
    />
  )
}

const COLUMNS: Column<GroupRow>[] = [
  {
    key: 'name',
    header: 'Name',
    isTitle: true,
    cell: ({ id, name }) => (
      <>
        <TextLink to={`/admin/groups/${id}`}>{name}</TextLink>
        <span className="block text-[0.8125rem] font-normal text-soft">{id}</span>
      </>
    ),
  },
  { key: 'members', header: 'People', align: 'right', cell: ({ members }) => members || null },
  {
    key: 'applications',
    header: 'Opens',
    cell: ({ applications }) =>
      applications.length > 0 ? applications.map(({ name }) => name).join(', ') : 'nothing yet',
  },
]
