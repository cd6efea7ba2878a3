import { Form } from '@remix-run/react'
import { Checkbox } from '../controls/checkbox'
import { FormActions, SubmitButton } from '../controls/form'
import { TextLink } from '../controls/text-link'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

/** Which groups a person is in. */
export function UserGroups({
  groups,
  ticked,
}: {
  /** The ids of those that were ticked in the form that is shown again. */
  ticked?: ReadonlySet<string> | undefined
  groups: readonly {
    id: string
    name: string
    applications: readonly { name: string }[]
    isMember: boolean
  }[]
}) {
  if (groups.length === 0) {
    return (
      <Panel
        heading="Groups"
        description={
          <>
            There are none. <TextLink to="/admin/groups">Make one</TextLink> for people who may use
            applications that others may not.
          </>
        }
      />
    )
  }
  return (
    <Panel
      heading="Groups"
      description="They decide which applications this person may use. Who may not use one any more is signed out of it at once."
    >
      <Form
        method="post"
        key={groups.map(({ id, isMember }) => `${id} ${ticked?.has(id) ?? isMember}`).join()}
      >
        <FormToken />
        <div className="grid gap-x-6 sm:grid-cols-2">
          {groups.map(({ id, name, applications, isMember }) => (
            <Checkbox
              key={id}
              label={name}
              hint={applications.map((one) => one.name).join(', ') || 'Opens nothing yet'}
              name="group"
              value={id}
              defaultChecked={ticked ? ticked.has(id) : isMember}
            />
          ))}
        </div>
        <FormActions>
          <SubmitButton name="intent" value="set-groups">
            Save groups
          </SubmitButton>
        </FormActions>
      </Form>
    </Panel>
  )
}
