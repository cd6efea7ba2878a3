import { Form } from '@remix-run/react'
import { Checkbox } from '../controls/checkbox'
import { FormActions, SubmitButton } from '../controls/form'
import { TextLink, TextLinks } from '../controls/text-link'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

/** Which groups a person is in, and which applications these and "everybody" open to them. */
export function UserGroups({
  groups,
  applications,
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
  applications: readonly { id: string; name: string }[]
}) {
  const mayOpen = applications.length > 0 && (
    <>
      May open
      <TextLinks
        links={applications.map(({ id, name }) => ({
          to: `/admin/applications/${id}`,
          text: name,
        }))}
      />
    </>
  )
  if (groups.length === 0) {
    return (
      <Panel
        heading="Groups"
        description={
          <>
            There are none. <TextLink to="/admin/groups">Create one</TextLink> for people who may
            use applications that others may not.
          </>
        }
        footer={mayOpen}
      />
    )
  }
  return (
    <Panel
      heading="Groups"
      description="They decide which applications this person may use. Who may not use one any more is signed out of it at once."
      footer={mayOpen}
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
