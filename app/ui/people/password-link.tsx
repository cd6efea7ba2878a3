import { CopyField } from '../controls/copy-field'
import { Panel } from '../frame/panel'

/** A link by which somebody chooses their password, shown this once. */
export function PasswordLink({ name, link }: { name: string; link: string }) {
  return (
    <Panel
      heading={`A link for ${name}`}
      description="It is shown only now, works once, and for 24 hours. Whoever has it can choose the password, so pass it on in private."
    >
      <CopyField label="Password link" value={link} />
    </Panel>
  )
}
