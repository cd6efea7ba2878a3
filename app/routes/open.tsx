import {
  redirect,
  redirectDocument,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node'
import { Form, useLoaderData, type ShouldRevalidateFunction } from '@remix-run/react'
import { openSchema } from '~/applications/schemas'
import { readSignedForm } from '~/web/forms'
import { actingAs, requireViewer, signInPath } from '~/web/guards'
import { titleAt } from '~/ui/frame/site'
import { SubmitButton } from '~/ui/controls/form'
import { TextLink } from '~/ui/controls/text-link'
import { FormToken } from '~/ui/frame/page-context'
import { AuthFrame } from '~/ui/frame/page-frame'
import { onTheWayTo } from '~/web/safe-path'
import { openApplication, requireDocumentNavigation } from '~/web/open-application'

export const meta: MetaFunction<typeof loader> = ({ data, matches }) => [
  { title: titleAt(matches, data ? `Open ${data.name}` : 'Open an application') },
]

/**
 * Where an application sends people who are not signed in there: through, when they may use it. After a
 * sign-out of that application alone it waits for a press of a button.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const url = new URL(request.url)
  if (request.headers.get('Sec-Fetch-Dest') === 'empty')
    throw redirectDocument(url.pathname + url.search)
  requireDocumentNavigation(request)
  const viewer = await requireViewer(request, context)
  const result = await openApplication(actingAs(viewer, context), askedIn(url), false, context)
  if (result.kind === 'ended') throw redirect(signInPath(request, context))
  if (result.kind === 'opened') throw redirect(result.location, 303)
  if (result.kind === 'needs-factor') throw toSecondFactor(url)
  context.allowFormsTo(result.application.address)
  return { name: result.application.name, person: viewer.user.name }
}

/**
 * The question is asked once. After "Continue" the session has reached one application more, which its
 * open pages are told while the browser is on its way: to ask again would open the application a second
 * time and lose that way.
 */
export const shouldRevalidate: ShouldRevalidateFunction = () => false

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  await readSignedForm(request, context)
  const url = new URL(request.url)
  const asked = askedIn(url)
  const result = await openApplication(actingAs(viewer, context), asked, true, context)
  if (result.kind === 'opened') return redirect(result.location, 303)
  if (result.kind === 'needs-factor') throw toSecondFactor(url)
  throw redirect(signInPath(request, context))
}

/** What the application's host asks for, in the address of form and page alike. */
function askedIn({ searchParams }: URL) {
  const asked = openSchema.safeParse(Object.fromEntries(searchParams))
  if (asked.success) return asked.data
  throw new Response(NOT_UNDERSTOOD, { status: 400 })
}

const toSecondFactor = ({ pathname, search }: URL) =>
  redirect(onTheWayTo(pathname + search, '/second-factor'), 303)

const NOT_UNDERSTOOD = 'Open the application by its own address, or from your applications here.'

export default function Open() {
  const { name, person } = useLoaderData<typeof loader>()
  return (
    <AuthFrame
      title={`Continue to ${name} as ${person}?`}
      footer={<TextLink to="/">Not now</TextLink>}
    >
      <p className="mb-4 text-soft">You signed out of {name} in this browser.</p>
      <Form method="post" reloadDocument>
        <FormToken />
        <SubmitButton tone="primary" wide>
          Continue
        </SubmitButton>
      </Form>
    </AuthFrame>
  )
}
