import { Form } from '@remix-run/react'
import { ButtonLink, Button } from '../controls/button'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'

/** A copy of everything, and the way to leave. */
export function YourData() {
  return (
    <Panel
      heading="Your data"
      description="Take a copy of everything that is stored about you, or delete the account for good."
      actions={
        <>
          <Form method="post" action="/profile/data" reloadDocument>
            <FormToken />
            <Button>Download my data</Button>
          </Form>
          <ButtonLink to="/profile/delete" tone="danger">
            Delete my account…
          </ButtonLink>
        </>
      }
    />
  )
}
