import { TextLinks } from '../controls/text-link'
import { UserBadges } from './users-table'

/** Role and state of a user, beside their name, and where to read what they did. */
export function UserFacts({
  user,
}: {
  user: { id: string; role: 'user' | 'admin'; disabledAt: unknown }
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <UserBadges role={user.role} disabled={user.disabledAt !== null} />
      <TextLinks
        links={[
          { to: `/admin/audit?by=${user.id}`, text: 'What they did' },
          { to: `/admin/audit?about=${user.id}`, text: 'What happened to them' },
        ]}
      />
    </div>
  )
}
