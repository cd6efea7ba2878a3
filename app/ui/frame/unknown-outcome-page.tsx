import { Form, useLocation } from '@remix-run/react'
import { ButtonLink } from '../controls/button'
import { SubmitButton } from '../controls/form'
import type { UnknownOutcome } from './error-data'
import { ErrorPage } from './page-frame'

/** Says so, what it means, and offers to try again: a whole page load, which finds out what is true. */
export function UnknownOutcomePage({ outcome }: { outcome: UnknownOutcome }) {
  const { pathname, search } = useLocation()
  const { whether, hint, fields } = outcome
  const isVisitable = pathname !== '/logout'
  return (
    <ErrorPage
      title={`It is not known whether ${whether}`}
      message={
        <>
          <p>
            The database was asked to record it and did not answer. It may have been done or not, so
            rely on neither. Trying again is safe: nothing is done twice.
          </p>
          {hint && <p className="mt-2">{hint}</p>}
        </>
      }
      action={
        <>
          {fields && (
            <Form method="post" action={pathname + search} reloadDocument>
              {fields.map(([name, value], index) => (
                <input key={index} type="hidden" name={name} value={value} />
              ))}
              <SubmitButton tone="primary">Try again</SubmitButton>
            </Form>
          )}
          <ButtonLink to={isVisitable ? pathname + search : '/profile'} reloadDocument>
            See how it is now
          </ButtonLink>
        </>
      }
    />
  )
}
