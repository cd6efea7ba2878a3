import { Checkbox } from '../controls/checkbox'
import { RelativeTime } from '../display/relative-time'

type Token = {
  id: string
  name: string
  createdAt: string | number | Date
  lastUsedAt: string | number | Date | null
}

/**
 * The API tokens of somebody who chooses a password by a link. What is not ticked is revoked: whoever
 * got into the account may have made it.
 */
export function TokensToKeep({
  tokens,
  isFirstProof,
}: {
  tokens: readonly Token[]
  /** None can be kept: nobody knows who made them. */
  isFirstProof: boolean
}) {
  if (isFirstProof) {
    return (
      <p className="text-sm text-soft">
        Nobody had shown before that this address is theirs. So whatever opened the account until
        now, API tokens and second factors too, stops working.
      </p>
    )
  }
  return (
    <fieldset>
      <legend className="font-medium">API tokens to keep</legend>
      <p className="text-sm text-soft">
        What you do not tick is revoked. Tick only what you made yourself and still use.
      </p>
      {tokens.map((token) => (
        <Checkbox
          key={token.id}
          name="keepToken"
          value={token.id}
          label={<span className="wrap-anywhere">{token.name}</span>}
          hint={<Use {...token} />}
        />
      ))}
    </fieldset>
  )
}

function Use({ createdAt, lastUsedAt }: Token) {
  return (
    <>
      Made <RelativeTime at={createdAt} />,{' '}
      {lastUsedAt === null ? (
        'never used'
      ) : (
        <>
          used <RelativeTime at={lastUsedAt} />
        </>
      )}
    </>
  )
}
