import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { useMemo } from 'react'
import type { Acting } from '~/accounts/viewer'
import type { ListedApplication } from '~/applications/rows'
import { chosenSignInsSchema, editApplicationSchema, proxySchema } from '~/applications/schemas'
import { refused, success, unprocessable } from '~/web/answers'
import { askToLeave, askToMove } from '~/web/administered-questions'
import { compareCommand, noSuchApplication, refuseApplication } from '~/web/application-forms'
import { checkAt } from '~/web/checked-question'
import { isConfirmed } from '~/web/confirmation'
import { describeUserAgent } from '~/web/describe-user-agent'
import { parseForm, readIntent, readSignedForm } from '~/web/forms'
import { requireAdmin, signInPath } from '~/web/guards'
import { everybodyLeftMessage } from '~/web/messages'
import { sessionInWords } from '~/web/shown-sessions'
import { provenAs } from '~/web/step-up'
import { titleAt } from '~/ui/frame/site'
import { CheckConnection, ConfigurationPanel } from '~/ui/applications/configuration-panel'
import { EditApplication } from '~/ui/applications/edit-application'
import { SignInsPanel } from '~/ui/applications/sign-ins-panel'
import { TextLink } from '~/ui/controls/text-link'
import { useFormAnswer } from '~/ui/controls/use-form-answer'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'

export { clientAction } from '~/ui/controls/client-action'

export const meta: MetaFunction<typeof loader> = ({ data, matches }) => [
  { title: titleAt(matches, data?.application.name ?? 'Application') },
]

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  const { searchParams } = new URL(request.url)
  const { groups, printConfiguration } = context.services
  const application = await findApplication(params.applicationId, context)
  // Where the check of the connection goes on: without scripts, by the form itself.
  context.allowFormsTo(application.address)
  const proxy = proxySchema.catch('nginx').parse(searchParams.get('proxy'))
  const [{ signIns, total }, listed, configuration] = await Promise.all([
    shownSignIns(application.id, context),
    groups.list(),
    printConfiguration(proxy, application.id),
  ])
  return {
    application,
    groups: listed.map(({ id, name, members }) => ({ id, name, members })),
    signIns,
    total,
    proxies: proxySchema.options,
    proxy,
    configuration: configuration ?? '',
    compareCommand: compareCommand(proxy, application.id),
    isNew: searchParams.get('added') === '1',
  }
}

async function findApplication(
  id: string | undefined,
  { services }: AppLoadContext,
): Promise<ListedApplication> {
  const application = await services.applications.find(id ?? '')
  if (!application) throw noSuchApplication()
  return application
}

async function shownSignIns(id: string, { services }: AppLoadContext) {
  const [listed, counts] = await Promise.all([
    services.applicationSignIns.at(id),
    services.applicationSignIns.counts(),
  ])
  const signIns = listed.map(({ session: { ip, userAgent }, ...signIn }) => ({
    ...signIn,
    ip,
    browser: sessionInWords(describeUserAgent(userAgent)),
  }))
  return { signIns, total: Math.max(signIns.length, counts.get(id) ?? 0) }
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  const intent = readIntent(form, ['edit', 'end-sign-in', 'end-sign-ins', 'check'])
  const application = await findApplication(params.applicationId, context)
  if (intent === 'check') return check(application, context)
  const sub = { acting: await provenAs(viewer, form, context), application, form, request, context }
  return intent === 'edit' ? edit(sub) : endSignIns(sub, intent)
}

/** On to a page at the application's own host, which says how its requests arrive here. */
async function check(application: ListedApplication, { services }: AppLoadContext) {
  return redirect(checkAt(application, await services.checkKeys.make(application.id, 'first')), 303)
}

type SubAction = {
  acting: Acting
  application: ListedApplication
  form: URLSearchParams
  request: Request
  context: AppLoadContext
}

async function edit({ acting, application, form, request, context }: SubAction) {
  const parsed = parseForm(form, editApplicationSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const { id, name, address: from } = application
  const { address, host } = parsed.fields.address
  if (host !== application.host && !isConfirmed(form)) {
    const { total: signedIn } = await shownSignIns(id, context)
    if (signedIn > 0) return askToMove(form, { name, from, to: address, signedIn })
  }
  const result = await context.services.applications.edit(acting, id, parsed.fields)
  if (!result.ok) return refuseApplication({ request, context, form }, result)
  return success({ title: 'Saved' })
}

async function endSignIns(sub: SubAction, intent: 'end-sign-in' | 'end-sign-ins') {
  const { acting, application, form, request, context } = sub
  const parsed = intent === 'end-sign-in' ? parseForm(form, chosenSignInsSchema) : null
  if (parsed && !parsed.ok) return refused(parsed.errors.signInId ?? 'Choose a sign-in.')
  const ids = parsed?.fields.signInId
  const { id, name } = application
  if (!isConfirmed(form)) {
    const { signIns, total } = await shownSignIns(id, context)
    const meant = ids ? signIns.filter((one) => ids.includes(one.id)) : signIns
    return askToLeave(form, {
      application: name,
      signIns: meant,
      total: ids ? meant.length : total,
    })
  }
  const result = await context.services.applicationSignIns.endAt(acting, id, ids)
  if (!result.ok) throw redirect(signInPath(request, context))
  return success(everybodyLeftMessage(result.count, name, result.receipt))
}

export default function Application() {
  const page = useLoaderData<typeof loader>()
  const { application, signIns, total, isNew } = page
  const { id, name, address } = application
  const { message, problem, errors, typed } = useFormAnswer()
  const added = useMemo(
    () => (isNew ? { title: `${name} was added`, detail: WHAT_NEXT } : null),
    [isNew, name],
  )
  return (
    <AccountPage title={name} actions={<TextLink to={address}>{address}</TextLink>}>
      <Outcome message={message ?? added} />
      {problem && <Notice tone="danger" title={problem} />}
      <SignInsPanel application={name} signIns={signIns} total={total} />
      <ConfigurationPanel
        description={`What ${name} adds to the configuration of Latchkey itself, which is on the page of all applications.`}
        proxies={page.proxies}
        proxy={page.proxy}
        configuration={page.configuration}
        compareCommand={page.compareCommand}
        downloadAt={`/admin/applications/${id}/config`}
      />
      <CheckConnection address={address} />
      <EditApplication
        application={application}
        groups={page.groups}
        errors={errors}
        typed={typed}
      />
    </AccountPage>
  )
}

const WHAT_NEXT = 'Put its configuration into your proxy, and check the connection.'
