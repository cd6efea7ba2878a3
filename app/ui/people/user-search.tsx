import { Form, useSubmit } from '@remix-run/react'
import { useEffect, useRef } from 'react'
import { Button } from '../controls/button'
import { Field } from '../controls/field'
import { SelectField } from '../controls/select'
import { FoldedFilters } from '../display/folded-filters'
import { useSearchForm } from '../controls/use-search-form'

/** What is typed is looked for once the typing pauses so long. */
const PAUSE_MS = 200

export type AskedUsers = {
  q: string
  role: string | null
  state: string | null
  sort: string
  order: string
}

/** The question that a list of users answers. It is in the URL, so it can be passed on. */
export function UserSearch({ asked }: { asked: AskedUsers }) {
  const submit = useSubmit()
  const { formKey, onSearch } = useSearchForm()
  const form = useRef<HTMLFormElement>(null)
  const timer = useRef<number>()
  useEffect(() => {
    // What was typed before the scripts came is looked for as if it were typed now.
    if (wasChanged(form.current!))
      form.current!.dispatchEvent(new Event('input', { bubbles: true }))
  }, [])
  useEffect(() => {
    // Whoever goes elsewhere before the pause is over is not to be called back by the search. Asked
    // of the click itself: React says only later, and on a slow machine too late, what it led to.
    const forget = (event: Event) => {
      const target = event.target as Element
      const leaves = event.type === 'submit' || target.closest('a[href]') !== null
      if (leaves && !form.current?.contains(target)) clearTimeout(timer.current)
    }
    document.addEventListener('click', forget, true)
    document.addEventListener('submit', forget, true)
    return () => {
      clearTimeout(timer.current)
      document.removeEventListener('click', forget, true)
      document.removeEventListener('submit', forget, true)
    }
  }, [])

  function look(wait: number) {
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      if (!form.current) return
      onSearch(form.current)
      submit(form.current, { replace: true })
    }, wait)
  }

  return (
    <Form
      key={formKey}
      ref={form}
      method="get"
      role="search"
      className="grid items-end gap-3 border-t border-line px-4 py-4 sm:px-5 md:flex"
      onSubmit={(event) => {
        clearTimeout(timer.current)
        onSearch(event.currentTarget)
      }}
      onInput={(event) => look(event.target instanceof HTMLInputElement ? PAUSE_MS : 0)}
    >
      <Field
        label="Name, e-mail or username"
        name="q"
        type="search"
        defaultValue={asked.q}
        autoComplete="off"
        className="min-w-0 md:flex-2"
      />
      <FoldedFilters chosen={chosenOf(asked)}>
        <SelectField label="Role" name="role" defaultValue={asked.role ?? ''} options={ROLES} />
        <SelectField label="State" name="state" defaultValue={asked.state ?? ''} options={STATES} />
        <SelectField label="Sort by" name="sort" defaultValue={asked.sort} options={SORTS} />
        <SelectField label="Order" name="order" defaultValue={asked.order} options={ORDERS} />
      </FoldedFilters>
      {/* Beside the filters there is no room for it, and where scripts run none is missed. */}
      <Button className="md:hidden md:noscript:inline-flex">Search</Button>
    </Form>
  )
}

/** Whether a form asks something else than it did as the page came. */
function wasChanged(form: HTMLFormElement): boolean {
  const first = form.cloneNode(true) as HTMLFormElement
  first.reset()
  const [asked, asks] = [first, form].map((one) => JSON.stringify([...new FormData(one)]))
  return asked !== asks
}

/** What is narrowed down, for whoever does not see the filters. */
const chosenOf = ({ role, state, sort }: AskedUsers): string[] =>
  [
    role && ROLES.find(({ value }) => value === role)?.label,
    state && STATES.find(({ value }) => value === state)?.label,
    sort !== 'name' && `by ${SORTS.find(({ value }) => value === sort)?.label.toLowerCase()}`,
  ].filter((words): words is string => typeof words === 'string')

const ROLES = [
  { value: '', label: 'Any role' },
  { value: 'admin', label: 'Administrators' },
  { value: 'user', label: 'Users' },
]
const STATES = [
  { value: '', label: 'Any state' },
  { value: 'enabled', label: 'Enabled' },
  { value: 'disabled', label: 'Disabled' },
]
const SORTS = [
  { value: 'name', label: 'Name' },
  { value: 'email', label: 'E-mail' },
  { value: 'created', label: 'Created' },
  { value: 'active', label: 'Last active' },
]
const ORDERS = [
  { value: 'asc', label: 'Ascending' },
  { value: 'desc', label: 'Descending' },
]
