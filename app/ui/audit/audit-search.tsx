import { Form } from '@remix-run/react'
import { Button } from '../controls/button'
import { Field } from '../controls/field'
import { SelectField } from '../controls/select'

/** Whose events, of which kind, from when until when. Days are UTC. */
export function AuditSearch({
  asked,
  kinds,
}: {
  asked: {
    person: string
    kind?: string | undefined
    from?: string | undefined
    until?: string | undefined
  }
  kinds: readonly { value: string; label: string }[]
}) {
  return (
    <Form
      method="get"
      role="search"
      className="grid items-end gap-3 border-t border-line px-5 py-4 sm:grid-cols-2 lg:grid-cols-[2fr_1.5fr_1fr_1fr_auto]"
    >
      <Field
        label="Name, e-mail or username"
        name="person"
        type="search"
        defaultValue={asked.person}
        autoComplete="off"
      />
      <SelectField
        label="What happened"
        name="kind"
        defaultValue={asked.kind ?? ''}
        options={[{ value: '', label: 'Anything' }, ...kinds]}
      />
      <Field label="From" name="from" type="date" defaultValue={asked.from} />
      <Field label="Until" name="until" type="date" defaultValue={asked.until} />
      <Button>Search</Button>
    </Form>
  )
}
