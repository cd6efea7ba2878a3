import { Form } from '@remix-run/react'
import Fingerprint from 'lucide-react/icons/fingerprint-pattern'
import { ButtonLink } from '../controls/button'
import { Disclosure } from '../controls/disclosure'
import { DoubleCheckButton } from '../controls/double-check-button'
import { Field } from '../controls/field'
import { FormActions, SubmitButton } from '../controls/form'
import { useFormAnswer } from '../controls/use-form-answer'
import type { ProofQuestion } from '../controls/proof-field'
import { DataTable, type Column } from '../display/data-table'
import { EmptyState } from '../display/empty-state'
import { RelativeTime } from '../display/relative-time'
import { FormToken, usePageContext } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { AddPasskey } from './add-passkey'
import { ProveFirst } from './prove-first'

type Moment = string | number | Date

export type PasskeyRow = {
  id: string
  name: string
  createdAt: Moment
  lastUsedAt: Moment | null
}

/** A person's passkeys: the list, and the button that makes another one. */
export function PasskeysPanel({
  passkeys,
  offered,
  proof,
  isAdded,
  isFirstFactor,
  optionsFrom,
}: {
  passkeys: readonly PasskeyRow[]
  /** Whether browsers know any at our address. */
  offered: boolean
  /** What has to be proved before another one can be made. */
  proof: ProofQuestion | null
  /** Whether one was made just now: who is there is not asked again before they want another. */
  isAdded: boolean
  /** Whether one that is made now is a second factor where there was none: the password alone is no way in then. */
  isFirstFactor: boolean
  optionsFrom: string
}) {
  const page = usePageContext()
  return (
    <Panel
      flush
      heading="Your passkeys"
      description="Sign in without a password, by the finger, the face or the PIN that unlocks your device. A passkey works at this address alone, so no other site can ask for it."
      footer={
        !offered ? (
          <NotOffered />
        ) : proof && isAdded ? (
          <ButtonLink to="/profile/passkeys">Add another passkey</ButtonLink>
        ) : proof ? (
          <ProveFirst question={proof} />
        ) : (
          <AddPasskey optionsFrom={optionsFrom} formToken={page?.formToken} />
        )
      }
    >
      {offered && isFirstFactor && (
        <p className="max-w-[62ch] px-4 pb-3 sm:px-5">
          Once you have one, your password alone is not enough any more, in no browser. You get
          recovery codes for when you have lost your passkey.
        </p>
      )}
      <DataTable
        caption="Passkeys"
        columns={COLUMNS}
        rows={passkeys}
        rowKey={({ id }) => id}
        empty={<EmptyState icon={<Fingerprint />} title="No passkeys" />}
      />
    </Panel>
  )
}

const NotOffered = () =>
  'Browsers make passkeys only for addresses with a name and https. This one is none, so there can be no new ones.'

const COLUMNS: Column<PasskeyRow>[] = [
  {
    key: 'name',
    header: 'Name',
    isTitle: true,
    cell: (passkey) => <Named {...passkey} />,
  },
  {
    key: 'created',
    header: 'Added',
    cell: ({ createdAt }) => <RelativeTime at={createdAt} wording="day" />,
  },
  {
    key: 'used',
    header: 'Last used',
    cell: ({ lastUsedAt }) => (lastUsedAt ? <RelativeTime at={lastUsedAt} /> : 'not used yet'),
  },
  {
    key: 'remove',
    header: 'Remove',
    headerHidden: true,
    align: 'right',
    cell: ({ id, name }) => (
      <Form method="post">
        <FormToken />
        <input type="hidden" name="passkeyId" value={id} />
        <DoubleCheckButton
          size="small"
          label="Remove"
          name="intent"
          value="remove-passkey"
          of={name}
          pendingWhen={{ intent: 'remove-passkey', passkeyId: id }}
        />
      </Form>
    ),
  },
]

/** The name, and under it, once asked for, the form to change it. */
function Named({ id, name }: PasskeyRow) {
  const { typed } = useFormAnswer()
  const wasSent = typed.intent === 'rename-passkey' && typed.passkeyId === id
  return (
    <>
      {name}
      <Disclosure
        key={name}
        label={
          <>
            Rename<span className="sr-only"> {name}</span>
          </>
        }
        open={wasSent}
        className="text-[0.8125rem] font-normal text-soft"
      >
        <Form method="post" className="mt-2 grid max-w-xs gap-2 text-ink">
          <FormToken />
          <input type="hidden" name="passkeyId" value={id} />
          <Field
            label="Name"
            name="name"
            required
            autoComplete="off"
            defaultValue={wasSent ? typed.name : name}
          />
          <FormActions>
            <SubmitButton
              size="small"
              name="intent"
              value="rename-passkey"
              pendingWhen={{ intent: 'rename-passkey', passkeyId: id }}
            >
              Save name
            </SubmitButton>
          </FormActions>
        </Form>
      </Disclosure>
    </>
  )
}
