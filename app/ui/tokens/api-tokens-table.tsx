import { Form } from '@remix-run/react'
import KeyRound from 'lucide-react/icons/key-round'
import { DataTable, type Column } from '../display/data-table'
import { DoubleCheckButton } from '../controls/double-check-button'
import { EmptyState } from '../display/empty-state'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { RelativeTime } from '../display/relative-time'

type Moment = string | number | Date

export type TokenRow = {
  id: string
  name: string
  scopes: readonly string[]
  /** The one that it opens, where it is not for our API; `refused` when its owner may not any more. */
  application: { name: string; refused?: boolean } | null
  createdAt: Moment
  /** In words, where it is known. */
  createdIn?: string | undefined
  expiresAt: Moment | null
  lastUsedAt: Moment | null
  lastUsedIp: string | null
}

/** API tokens with a button to revoke each. Never their secrets. */
export function ApiTokensTable({
  heading = 'API tokens',
  tokens,
  empty,
}: {
  heading?: string
  tokens: readonly TokenRow[]
  empty: string
}) {
  return (
    <Panel flush heading={heading}>
      <DataTable
        caption="API tokens"
        columns={COLUMNS}
        rows={tokens}
        rowKey={(token) => token.id}
        empty={
          <EmptyState icon={<KeyRound />} title="No API tokens">
            {empty}
          </EmptyState>
        }
      />
    </Panel>
  )
}

const COLUMNS: Column<TokenRow>[] = [
  {
    key: 'name',
    header: 'Name and use',
    isTitle: true,
    cell: (token) => (
      <>
        {token.name}
        <span className="block text-[0.8125rem] font-normal text-soft">{reachInWords(token)}</span>
      </>
    ),
  },
  {
    key: 'created',
    header: 'Created',
    cell: (token) => (
      <>
        <RelativeTime at={token.createdAt} wording="day" />
        {token.createdIn && ` in ${token.createdIn}`}
      </>
    ),
  },
  {
    key: 'used',
    header: 'Last used',
    cell: (token) =>
      token.lastUsedAt ? (
        <>
          <RelativeTime at={token.lastUsedAt} /> from {token.lastUsedIp}
        </>
      ) : (
        'never'
      ),
  },
  {
    key: 'expires',
    header: 'Expires',
    cell: (token) =>
      token.expiresAt ? <RelativeTime at={token.expiresAt} wording="day" /> : 'never',
  },
  {
    key: 'revoke',
    header: 'Revoke',
    headerHidden: true,
    align: 'right',
    cell: (token) => (
      <Form method="post">
        <FormToken />
        <input type="hidden" name="tokenId" value={token.id} />
        <DoubleCheckButton
          size="small"
          className="whitespace-nowrap"
          label="Revoke"
          name="intent"
          value="revoke-token"
          of={token.name}
          pendingWhen={{ tokenId: token.id }}
        />
      </Form>
    ),
  },
]

function reachInWords({ scopes, application }: TokenRow): string {
  if (!application) return scopes.join(', ')
  return `for ${application.name}${application.refused ? ', which is not open to you any more' : ''}`
}
