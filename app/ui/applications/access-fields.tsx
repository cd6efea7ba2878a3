import { Checkbox } from '../controls/checkbox'
import { FieldErrors } from '../controls/field-messages'
import { Radio } from '../controls/radio'
import { TextLink } from '../controls/text-link'

export type GroupChoice = { id: string; name: string; members: number }

/** Who may use an application. The groups hide, and keep their ticks, while everybody may. */
export function AccessFields({
  values,
  groups,
  errors,
}: {
  values: Partial<Record<string, string>>
  groups: readonly GroupChoice[]
  errors: Partial<Record<string, string>>
}) {
  const ticked = values.group?.split(' ') ?? []
  const error = errors.access ?? errors.group
  return (
    <fieldset className="group/access" aria-describedby={error && 'access-error'}>
      <legend className="mb-1 font-medium">Who may use it</legend>
      <Radio
        label="Everybody with an account"
        name="access"
        value="everybody"
        required
        defaultChecked={values.access === 'everybody'}
      />
      <Radio
        label="Only members of these groups"
        name="access"
        value="groups"
        defaultChecked={values.access === 'groups'}
      />
      <div className="pl-7.5 group-has-[[value=everybody]:checked]/access:hidden">
        {groups.map(({ id, name, members }) => (
          <Checkbox
            key={id}
            label={name}
            hint={members === 0 ? 'Nobody yet' : members === 1 ? '1 person' : `${members} people`}
            name="group"
            value={id}
            defaultChecked={ticked.includes(id)}
          />
        ))}
        {groups.length === 0 && (
          <p className="hidden text-sm text-soft group-has-[[value=groups]:checked]/access:block">
            There are no groups yet: <TextLink to="/admin/groups">create one</TextLink>. Until then
            nobody can use it.
          </p>
        )}
      </div>
      <FieldErrors id="access-error" error={error} />
    </fieldset>
  )
}
