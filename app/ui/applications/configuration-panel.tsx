import { Form, Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import { ButtonLink } from '../controls/button'
import { CopyText } from '../controls/copy-field'
import { SubmitButton } from '../controls/form'
import { classes } from '../display/classes'
import { FormToken } from '../frame/page-context'
import { Notice } from '../frame/notice'
import { Panel } from '../frame/panel'
import { useIsLocal } from '../frame/site'

const NAMES: Record<string, string> = { nginx: 'nginx', caddy: 'Caddy', traefik: 'Traefik' }

/** What a proxy needs, to be copied or downloaded; for one proxy at a time, by links that work without scripts. */
export function ConfigurationPanel({
  description,
  proxies,
  proxy,
  configuration,
  downloadAt,
  compareCommand,
}: {
  description: ReactNode
  proxies: readonly string[]
  /** The one that is shown. */
  proxy: string
  configuration: string
  /** Where it can be downloaded. */
  downloadAt: string
  /** What compares a file with it. */
  compareCommand: string
}) {
  const name = NAMES[proxy] ?? proxy
  return (
    <Panel id="configuration" heading="Configuration of your proxy" description={description}>
      {useIsLocal() && (
        <div className="mb-4">
          <Notice tone="warning" title="Set ORIGIN first">
            Latchkey’s address is this machine’s own now. Set <code>ORIGIN</code> to the address
            that people will use, as in <code>ORIGIN=https://id.example.org</code>, and{' '}
            <code>TRUST_PROXY=1</code>, and start it again: the lines below follow.
          </Notice>
        </div>
      )}
      <nav aria-label="Proxies" className="mb-3 flex flex-wrap gap-1">
        {proxies.map((one) => (
          <Link
            key={one}
            to={`?proxy=${one}#configuration`}
            preventScrollReset
            replace
            aria-current={one === proxy ? 'true' : undefined}
            className={classes(
              'flex min-h-9 items-center rounded-control px-3 pointer-coarse:min-h-11',
              one === proxy
                ? 'bg-accent-soft font-semibold text-accent'
                : 'text-soft hover:bg-sunken hover:text-ink',
            )}
          >
            {NAMES[one] ?? one}
          </Link>
        ))}
      </nav>
      <CopyText
        label={`Configuration for ${name}`}
        value={configuration}
        actions={
          <ButtonLink reloadDocument to={`${downloadAt}?proxy=${proxy}`}>
            Download
          </ButtonLink>
        }
      />
      <p className="mt-4 text-sm text-soft">
        To compare your file with it, on Latchkey’s machine: each line that it lacks is named.
      </p>
      <p className="mt-1 font-mono text-xs leading-5 wrap-anywhere">{compareCommand}</p>
    </Panel>
  )
}

/** Opens a page at the application's own host, in this browser, through its proxy. */
export function CheckConnection({ address }: { address: string }) {
  return (
    <Panel
      heading="Check the connection"
      description={`Opens a page at ${address}, through your proxy, that says what arrives of a request and what has to be changed. Give the proxy its configuration first.`}
    >
      <Form method="post">
        <FormToken />
        <SubmitButton name="intent" value="check">
          Check the connection
        </SubmitButton>
      </Form>
    </Panel>
  )
}
