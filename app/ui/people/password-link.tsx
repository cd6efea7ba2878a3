import { CopyField } from '../controls/copy-field'
import { Panel } from '../frame/panel'
import { useIsLocal } from '../frame/site'

/** A link by which somebody chooses their password, shown this once. */
export function PasswordLink({ name, link }: { name: string; link: string }) {
  return (
    <Panel
      heading={`A link for ${name}`}
      description="It is shown only now, works once, and for 24 hours. Whoever has it can choose the password, so pass it on in private."
    >
      <CopyField label="Password link" value={link} hint={useHintOfLink()} />
    </Panel>
  )
}

/** What is wrong with links that are passed on from here, if anything is. */
export const useHintOfLink = (): string | undefined =>
  useIsLocal()
    ? 'It opens on this machine only. Set ORIGIN to the address that other people use, and make another one.'
    : undefined
