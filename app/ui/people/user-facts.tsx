import { TextLinks } from '../controls/text-link'
import { RelativeTime } from '../display/relative-time'
import { UserBadges } from './users-table'

type Moment = string | number | Date

/** What there is to know about a user at a glance, beside their name, and where to read what they did. */
export function UserFacts({
  user: { id, role, disabledAt, createdAt, lastActiveAt },
}: {
  user: {
    id: string
    role: 'user' | 'admin'
    disabledAt: unknown
    createdAt: Moment
    lastActiveAt: Moment | null
  }
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <UserBadges role={role} disabled={disabledAt !== null} />
      <span className="text-sm text-soft">
        Created <RelativeTime at={createdAt} wording="day" />
      </span>
      <span className="text-sm text-soft">
        {lastActiveAt ? <RelativeTime at={lastActiveAt} wording="activity" /> : 'Never active'}
      </span>
      <TextLinks
        links={[
          { to: `/admin/audit?by=${id}`, text: 'What they did' },
          { to: `/admin/audit?about=${id}`, text: 'What happened to them' },
        ]}
      />
    </div>
  )
}
