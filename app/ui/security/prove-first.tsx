import { Form } from '@remix-run/react'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { ProofField, type ProofQuestion } from '../controls/proof-field'
import { FormToken } from '../frame/page-context'

/** Asks who is there before something is begun that could not be sent once more as it was. */
export function ProveFirst({ question }: { question: ProofQuestion }) {
  return (
    <Form method="post">
      <FormToken />
      <FormStack>
        <ProofField question={question} />
        <FormActions>
          <SubmitButton name="intent" value="prove">
            Continue
          </SubmitButton>
        </FormActions>
      </FormStack>
    </Form>
  )
}
