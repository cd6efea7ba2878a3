import { Form } from '@remix-run/react'
import { Button } from '../controls/button'
import { Field } from '../controls/field'
import { SelectField } from '../controls/select'
import { useSearchForm } from '../controls/use-search-form'
import { FoldedFilters } from '../display/folded-filters'

export type AskedAudit = {
  person: string
  kind?: string | undefined
  session?: string | undefined
  by?: string | undefined
  about?: string | undefined
  from?: string | undefined
  until?: string | undefined
}

/** Whose events, of which kind, from when until when. Days are UTC. */
export function AuditSearch({
  asked,
  kinds,
}: {
  asked: AskedAudit
  kinds: readonly { value: string; label: string }[]
}) {
  const { kind, from, until } = asked
  const { formKey, onSearch } = useSearchForm()
  return (
    <Form
      key={formKey}
      method="get"
      role="search"
      className="grid items-end gap-3 border-t border-line px-4 py-4 sm:px-5 md:flex"
      onSubmit={(event) => onSearch(event.currentTarget)}
    >
      <Field
        label="Person"
        placeholder="Name or e-mail"
        name="person"
        type="search"
        defaultValue={asked.person}
        autoComplete="off"
        className="min-w-0 md:flex-2"
      />
      <FoldedFilters
        chosen={[
          ...(kind ? [kinds.find(({ value }) => value === kind)?.label ?? kind] : []),
          ...(from ? [`since ${from}`] : []),
          ...(until ? [`until ${until}`] : []),
        ]}
      >
        <SelectField
          label="What happened"
          name="kind"
          defaultValue={kind ?? ''}
          options={[{ value: '', label: 'Anything' }, ...kinds]}
          className="col-span-full md:col-span-1"
        />
        <Field label="Since" name="from" type="date" defaultValue={from} />
        <Field label="Until" name="until" type="date" defaultValue={until} />
      </FoldedFilters>
      <HiddenFields values={{ session: asked.session, by: asked.by, about: asked.about }} />
      <Button>Search</Button>
    </Form>
  )
}

/** What goes with a form and was chosen elsewhere. */
export function HiddenFields({ values }: { values: Record<string, string | undefined> }) {
  return Object.entries(values).map(
    ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
  )
}
