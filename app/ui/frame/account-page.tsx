import type { ReactNode } from 'react'
import { useLastAnswer } from '../controls/use-form-answer'
import { Confirmation, type Question } from './confirmation'
import { SignedInFrame } from './signed-in-frame'

/**
 * A page of a signed-in person. Where its action answers with a question instead of doing what was asked
 * of it, the question is the page.
 */
export function AccountPage(props: { title: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const question = useLastAnswer<{ question?: Question }>()?.question
  if (!question) return <SignedInFrame {...props} />
  return (
    <SignedInFrame title={question.title}>
      <Confirmation question={question} />
    </SignedInFrame>
  )
}
