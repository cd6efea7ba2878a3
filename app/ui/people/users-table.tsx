import Users from 'lucide-react/icons/users'
import { Badge } from '../display/badge'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'
import { RelativeTime } from '../display/relative-time'
import { TextLink } from '../controls/text-link'

type Moment = string | number | Date

export type UserRow = {
  id: string
  name: string
  email: string
  username: string
  role: 'user' | 'admin'
  disabledAt: Moment | null
  createdAt: Moment
  lastActiveAt: Moment | null
  activeSessions: number
}

/**
 * A page of users.
 *
 * @param typed whether a text is looked for, and not only filtered
 * @param byPart whether it may stand anywhere
 */
export function UsersTable({
  users,
  typed,
  byPart,
}: {
  users: readonly UserRow[]
  typed: boolean
  byPart: boolean
}) {
  return (
    <DataTable
      caption="Users"
      columns={COLUMNS}
      rows={users}
      rowKey={(user) => user.id}
      empty={
        <EmptyState icon={<Users />} title="Nobody found">
          {typed
            ? `No name, e-mail address or username ${byPart ? 'contains' : 'begins with'} this, with these filters.`
            : 'Nobody matches these filters.'}
        </EmptyState>
      }
    />
  )
}

const COLUMNS: Column<UserRow>[] = [
  {
    key: 'name',
    header: 'Name, e-mail and username',
    isTitle: true,
    cell: (user) => (
      <>
        <TextLink to={`/admin/users/${user.id}`}>{user.name}</TextLink>
        <span className="block text-[0.8125rem] font-normal text-soft">{user.email}</span>
        <span className="block text-[0.8125rem] font-normal text-soft">{user.username}</span>
      </>
    ),
  },
  {
    key: 'role',
    header: 'Role',
    cell: (user) => <UserBadges role={user.role} disabled={user.disabledAt !== null} />,
  },
  {
    key: 'sessions',
    header: 'Sessions',
    align: 'right',
    cell: (user) => user.activeSessions || null,
  },
  {
    key: 'active',
    header: 'Last active',
    cell: (user) =>
      user.lastActiveAt ? <RelativeTime at={user.lastActiveAt} wording="activity" /> : 'never',
  },
  {
    key: 'created',
    header: 'Created',
    cell: (user) => <RelativeTime at={user.createdAt} wording="day" />,
  },
]

/** Role and state of a user, where they differ from most. */
export function UserBadges({ role, disabled }: { role: 'user' | 'admin'; disabled: boolean }) {
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      {role === 'admin' ? <Badge>Administrator</Badge> : <Badge tone="neutral">User</Badge>}
      {disabled && <Badge tone="danger">Disabled</Badge>}
    </span>
  )
}
