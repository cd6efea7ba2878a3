import { Form, useLocation } from '@remix-run/react'
import type { MouseEvent } from 'react'
import { ButtonLink } from '../controls/button'
import { Confirmed } from '../controls/double-check-button'
import { FormActions, SubmitButton } from '../controls/form'
import { ProofField, type ProofQuestion } from '../controls/proof-field'
import { FormToken } from './page-context'
import { Panel } from './panel'
import { Badge } from '../display/badge'
import { PreviewList, type PreviewItem } from '../display/preview-list'
import { RelativeTime } from '../display/relative-time'

type Moment = string | number | Date

type Affected = {
  label: string
  detail?: string
  /** What tells it from others of that name. */
  badge?: string
  /** Of a session. */
  signedInAt?: Moment
  lastActiveAt?: Moment
}

export type Question = {
  title: string
  /** What will happen, in a sentence. */
  effect: string
  /** To what, by name. */
  affected: readonly Affected[]
  /** What the button that agrees says. */
  label: string
  /** Whether the session of this browser ends: the page leaves for the answer, which takes its cookie. */
  endsOwnSession?: boolean
  /** Of the form that was sent, to be sent once more. */
  fields: readonly (readonly [name: string, value: string])[]
  /** Where it takes a proof of who is there as well. */
  proof?: ProofQuestion
}

/** Asks before something is done that cannot be undone. The page that it stands in has the title. */
export function Confirmation({ question }: { question: Question }) {
  const { effect, affected, label, endsOwnSession = false, fields, proof } = question
  const { pathname, search } = useLocation()
  return (
    <Panel
      heading="What will happen"
      description={`${effect} Nothing has been done yet.`}
      footer={
        <Form method="post" reloadDocument={endsOwnSession}>
          <FormToken />
          {fields.map(([name, value], index) => (
            <input key={index} type="hidden" name={name} value={value} />
          ))}
          <Confirmed />
          {proof && <ProofField question={proof} />}
          <FormActions>
            <SubmitButton tone="danger" pendingWhen={{ confirmed: 'yes' }} onClick={onlyFirstClick}>
              {label}
            </SubmitButton>
            <ButtonLink to={pathname + search} tone="quiet">
              Cancel
            </ButtonLink>
          </FormActions>
        </Form>
      }
    >
      {affected.length > 0 && <PreviewList items={affected.map(toPreview)} />}
    </Panel>
  )
}

/** With what tells it from others that are called the same. */
function toPreview({ label, detail, badge, signedInAt, lastActiveAt }: Affected): PreviewItem {
  return {
    label: (
      <>
        {label} {badge && <Badge>{badge}</Badge>}
      </>
    ),
    detail: (
      <>
        {detail}
        {lastActiveAt && (
          <>
            {' · '}
            <RelativeTime at={lastActiveAt} wording="activity" />
          </>
        )}
        {signedInAt && (
          <>
            {' · signed in '}
            <RelativeTime at={signedInAt} wording="day" />
          </>
        )}
      </>
    ),
  }
}

/** The second click of a double-click, whose first one led here, is no answer. */
function onlyFirstClick(event: MouseEvent) {
  if (event.detail > 1) event.preventDefault()
}
