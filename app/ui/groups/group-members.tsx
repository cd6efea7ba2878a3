import { Form } from '@remix-run/react'
import UsersRound from 'lucide-react/icons/users-round'
import { Button } from '../controls/button'
import { BareCheckbox } from '../controls/checkbox'
import { DoubleCheckButton } from '../controls/double-check-button'
import { Field } from '../controls/field'
import { SubmitButton } from '../controls/form'
import { TextLink } from '../controls/text-link'
import { Badge } from '../display/badge'
import { EmptyState } from '../display/empty-state'
import { Pagination } from '../display/pagination'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

export type Person = { id: string; name: string; email: string }
export type FoundPerson = Person & { isMember: boolean }

/** Who is in a group, with boxes to take several out at once. */
export function GroupMembers({
  people,
  total,
  pages,
}: {
  /** One page of them. */
  people: readonly Person[]
  total: number
  pages: { newer: string | null; older: string | null }
}) {
  return (
    <Panel flush heading={total === 0 ? 'People' : total === 1 ? '1 person' : `${total} people`}>
      {people.length === 0 ? (
        <div className="border-t border-line">
          <EmptyState icon={<UsersRound />} title="Nobody is in it">
            Look for people below, and add them.
          </EmptyState>
        </div>
      ) : (
        <Form method="post">
          <FormToken />
          <ul>
            {people.map((person) => (
              <PersonRow key={person.id} person={person} canBeTicked />
            ))}
          </ul>
          <div className="border-t border-line px-4 py-3.5 sm:px-5">
            <DoubleCheckButton
              size="small"
              tone="default"
              label="Remove selected"
              name="intent"
              value="remove-members"
            />
          </div>
        </Form>
      )}
      <Pagination {...pages} newerLabel="Previous" olderLabel="Next" />
    </Panel>
  )
}

/** Looks for people, and adds those who are ticked. */
export function AddMembers({
  asked,
  found,
  ticked,
  hasMore,
}: {
  /** What was typed of a name, an address or a username; empty when nobody was looked for. */
  asked: string
  found: readonly FoundPerson[]
  /** The ids of those who were ticked in the form that is shown again. */
  ticked: ReadonlySet<string>
  hasMore: boolean
}) {
  return (
    <Panel flush heading="Add people">
      <Form
        method="get"
        role="search"
        preventScrollReset
        className="flex flex-wrap items-end gap-3 px-4 pb-4 sm:px-5"
      >
        <div className="min-w-48 flex-1">
          <Field
            key={asked}
            label="Name, e-mail or username"
            name="q"
            type="search"
            defaultValue={asked}
            autoComplete="off"
          />
        </div>
        <Button>Search</Button>
      </Form>
      {asked !== '' && found.length === 0 && (
        <p className="border-t border-line px-4 py-4 text-soft sm:px-5">
          No name, e-mail address or username is like this.
        </p>
      )}
      {found.length > 0 && (
        <Form method="post">
          <FormToken />
          <ul>
            {found.map((person) => (
              <PersonRow
                key={person.id}
                person={person}
                canBeTicked={!person.isMember}
                isTicked={ticked.has(person.id)}
              />
            ))}
          </ul>
          <div className="flex flex-wrap items-center gap-3 border-t border-line px-4 py-3.5 text-sm text-soft sm:px-5">
            <SubmitButton size="small" name="intent" value="add-members">
              Add selected
            </SubmitButton>
            {hasMore && 'There are more: type more of the name.'}
          </div>
        </Form>
      )}
    </Panel>
  )
}

function PersonRow({
  person,
  canBeTicked,
  isTicked = false,
}: {
  person: Person
  canBeTicked: boolean
  isTicked?: boolean
}) {
  const { id, name, email } = person
  return (
    <li className="flex items-center gap-3.5 border-t border-line px-4 py-2.5 sm:px-5">
      <span className="grid w-4.5 shrink-0 place-items-center">
        {canBeTicked && (
          <label className="-m-3 grid size-11 place-items-center">
            <BareCheckbox name="userId" value={id} defaultChecked={isTicked} />
            <span className="sr-only">Select {name}</span>
          </label>
        )}
      </span>
      <div className="min-w-0 flex-1 wrap-anywhere">
        <p className="flex flex-wrap items-center gap-x-2 font-medium">
          <TextLink to={`/admin/users/${id}`}>{name}</TextLink>
          {!canBeTicked && <Badge>Member</Badge>}
        </p>
        <p className="text-[0.8125rem] text-soft">{email}</p>
      </div>
    </li>
  )
}
