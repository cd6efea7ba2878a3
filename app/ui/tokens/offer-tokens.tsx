import { Form } from '@remix-run/react'
import { DoubleCheckButton } from '../controls/double-check-button'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

export type TokenOffer = {
  tokens: readonly { id: string; name: string }[]
  /** How many sessions were ended together. */
  endedSessions: number
}

/** Asks about the API tokens that ended sessions had made: whoever was in there may hold them. */
export function OfferTokens({ tokens, endedSessions }: TokenOffer) {
  if (tokens.length === 0) return null
  const who = endedSessions === 1 ? 'This session' : 'These sessions'
  const names = tokens.map(({ name }) => `‘${name}’`).join(', ')
  const [token, them] = tokens.length === 1 ? ['token', 'it'] : ['tokens', 'them']
  return (
    <Panel
      heading={`${who} also made the ${token} ${names}: revoke ${them} too?`}
      description="Tokens go on working after the session that made them has ended."
      actions={
        <Form method="post" action="/profile/tokens">
          <FormToken />
          {tokens.map(({ id }) => (
            <input key={id} type="hidden" name="tokenId" value={id} />
          ))}
          <DoubleCheckButton label={`Revoke ${them}`} name="intent" value="revoke-token" />
        </Form>
      }
    />
  )
}
