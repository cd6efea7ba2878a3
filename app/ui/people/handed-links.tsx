import { CopyField } from '../controls/copy-field'
import { Panel } from '../frame/panel'
import { useIsLocal } from '../frame/site'

/* Links that an administrator passes on to somebody. */

type Handed = { name: string; link: string }

/** A link by which somebody chooses their password. */
export const PasswordLink = (handed: Handed) => (
  <HandedLink
    {...handed}
    label="Password link"
    advice="Whoever has it can choose the password, so pass it on in private."
  />
)

/** A link by which somebody makes their next second factor. */
export const FactorLink = (handed: Handed) => (
  <HandedLink
    {...handed}
    label="Link to set up a second factor"
    advice="It lets nobody in without the password. Pass it on in private, to the right person."
  />
)

/** Shown this once. */
function HandedLink({ name, link, label, advice }: Handed & { label: string; advice: string }) {
  const isLocal = useIsLocal()
  return (
    <Panel
      heading={`A link for ${name}`}
      description={`It is shown only now, works once, and for 24 hours. ${advice}`}
    >
      <CopyField
        label={label}
        value={link}
        hint={
          isLocal &&
          'It opens on this machine only. Set ORIGIN to the address that other people use, and make another one.'
        }
      />
    </Panel>
  )
}
