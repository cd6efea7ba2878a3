import Download from 'lucide-react/icons/download'
import { Button } from '../controls/button'
import { FormToken } from '../frame/page-context'
import { HiddenFields, type AskedAudit } from './audit-search'

/** Buttons that save what is searched for, all pages of it. A form of its own kind: its answer is a file. */
export function AuditExport({ asked }: { asked: AskedAudit }) {
  return (
    <form method="post" action="/admin/audit/export" className="flex flex-wrap gap-2">
      <FormToken />
      <HiddenFields values={asked} />
      {FORMATS.map(({ value, label }) => (
        <Button
          key={value}
          size="small"
          name="format"
          value={value}
          icon={<Download aria-hidden="true" />}
        >
          {label}
        </Button>
      ))}
    </form>
  )
}

const FORMATS = [
  { value: 'csv', label: 'Download CSV' },
  { value: 'jsonl', label: 'Download JSON lines' },
]
