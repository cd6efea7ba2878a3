import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { addAuthenticatorSchema } from '~/accounts/factors/schemas'
import { shownOnce, tooManyAttempts } from '~/web/answers'
import {
  authenticatorErrors,
  factorLinkSecret,
  LINK_NEEDED,
  showAgain,
  showProposal,
  type ShownProposal,
} from '~/web/authenticator-page'
import { parseForm, readSignedForm, refuseFields } from '~/web/forms'
import { requireViewer, signInPath } from '~/web/guards'
import { safePath } from '~/web/safe-path'
import { proofToAskFirst, provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { ButtonLink } from '~/ui/controls/button'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { FormToken } from '~/ui/frame/page-context'
import { Panel } from '~/ui/frame/panel'
import { AuthenticatorSetup } from '~/ui/security/authenticator-setup'
import { ProveFirst } from '~/ui/security/prove-first'
import { RecoveryCodes } from '~/ui/security/recovery-codes'

export { clientAction } from '~/ui/controls/client-action'

const SECURITY = '/profile/security'

export const meta = titled('Authenticator app')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const { ownFactors } = context.services
  const { authenticator, linkNeeded } = await ownFactors.list(viewer)
  const lacksLink = linkNeeded && factorLinkSecret(request, context) === undefined
  const proof = await proofToAskFirst(viewer, context)
  return {
    proof,
    lacksLink,
    proposal: lacksLink || proof ? null : showProposal(ownFactors.proposeFor(viewer), context),
    replaces: authenticator !== null,
    back: safePath(new URL(request.url).searchParams.get('redirectTo'), SECURITY),
  }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const acting = await provenAs(viewer, form, context)
  if (form.get('intent') === 'prove') return redirect(request.url)
  const { ownFactors } = context.services
  const before = ownFactors.proposalFor(viewer, form.get('proposal') ?? '')
  const parsed = parseForm(form, addAuthenticatorSchema)
  if (!parsed.ok) return showAgain(parsed, before, context)

  const proved = { ...parsed.fields, linkSecret: factorLinkSecret(request, context) }
  const result = await ownFactors.addAuthenticator(acting, proved)
  if (result.ok) {
    // The session goes on under a new secret; set past Remix, as at a change of the password.
    const cookie = context.sessionCookie.issue(result.session, context.services.clock.now())
    context.setHeader('Set-Cookie', cookie)
    return shownOnce({ added: { recoveryCodes: result.recoveryCodes } }, context)
  }
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  const refusal = refuseFields(form, addAuthenticatorSchema, authenticatorErrors(result))
  return showAgain(refusal, before, context)
}

export default function Authenticator() {
  const loaded = useLoaderData<typeof loader>()
  const answer = useLastAnswer<{
    added?: { recoveryCodes: string[] | null }
    proposal?: ShownProposal
  }>()
  const { problem, errors } = useFormAnswer()
  if (answer?.added) {
    return <Added recoveryCodes={answer.added.recoveryCodes} back={loaded.back} />
  }
  const proposal = answer?.proposal ?? loaded.proposal
  return (
    <AccountPage title="Authenticator app">
      {problem && <Notice tone="danger" title={problem} />}
      {loaded.lacksLink && <Notice tone="warning" title={LINK_NEEDED} />}
      {loaded.proof && (
        <Panel heading="First, is it you?">
          <ProveFirst question={loaded.proof} />
        </Panel>
      )}
      {proposal && (
        <Panel
          heading={loaded.replaces ? 'Set up another app' : 'Set up an authenticator app'}
          description={
            loaded.replaces
              ? 'The app that you have now stops working once the new one has shown its first code.'
              : 'From the next sign-in on you are asked for a code of it after your password.'
          }
        >
          <Form method="post">
            <FormToken />
            <AuthenticatorSetup
              proposal={proposal}
              error={errors.code}
              more={
                <ButtonLink to={loaded.back} tone="quiet">
                  Cancel
                </ButtonLink>
              }
            />
          </Form>
        </Panel>
      )}
    </AccountPage>
  )
}

function Added({ recoveryCodes, back }: { recoveryCodes: string[] | null; back: string }) {
  const goOn = (
    <ButtonLink to={back} tone="primary" reloadDocument>
      Continue
    </ButtonLink>
  )
  return (
    <AccountPage title="Authenticator app">
      <Panel
        heading="The authenticator app is set up"
        description={recoveryCodes ? undefined : 'Your recovery codes are those from before.'}
      >
        {recoveryCodes ? <RecoveryCodes codes={recoveryCodes} actions={goOn} /> : goOn}
      </Panel>
    </AccountPage>
  )
}
