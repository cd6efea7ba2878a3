import { data, type AppLoadContext } from '@remix-run/node'
import { encode } from 'uqr'
import type { AddRefusal } from '~/accounts/factors/add-factor'
import type { Proposal } from '~/accounts/factors/authenticator'
import type { FieldErrors, RefusedForm } from './forms'

/*
 * What the two pages have in common that set up an authenticator: in a session, and on the way to one.
 */

/** A proposed key as a page shows it. */
export type ShownProposal = {
  signed: string
  /** In groups, to be typed. */
  text: string
  /** Opens an app on the same phone. */
  address: string
  qr: QrCode
}

/** The dark squares as the path of an SVG, and how many there are in a row. */
export type QrCode = { path: string; size: number }

/** The key is shown beside what somebody typed: such an answer is not compressed. */
export function showProposal(
  { signed, text, address }: Proposal,
  { setHeader }: Pick<AppLoadContext, 'setHeader'>,
): ShownProposal {
  setHeader('Cache-Control', 'no-store, no-transform')
  return { signed, text: text.match(/.{4}/g)!.join(' '), address, qr: qrOf(address) }
}

function qrOf(text: string): QrCode {
  const { data: rows, size } = encode(text, { ecc: 'M', border: 0 })
  const path = rows
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  return { path, size }
}

/**
 * The page once more, with the same key: the app has it already.
 *
 * @param before null when that key is over
 */
export function showAgain(
  { errors, typed }: RefusedForm,
  before: Proposal | null,
  context: AppLoadContext,
) {
  if (!before) return data({ problem: PROPOSAL_OVER, errors: {}, typed: {} }, { status: 422 })
  return data({ errors, typed, proposal: showProposal(before, context) }, { status: 422 })
}

const PROPOSAL_OVER =
  'That key was shown too long ago, or for another browser. Here is a new one: delete the entry from before in your app.'

/** Why an authenticator was not stored, at its field. */
export const authenticatorErrors = ({ code }: AddRefusal): FieldErrors => ({
  code:
    code === 'LINK_NEEDED'
      ? LINK_NEEDED
      : 'This code is not right. Enter the one that your app shows now.',
})

export const LINK_NEEDED =
  'An administrator took your second factors away. To add one, open the link that they gave you in this browser first.'

/** The secret of that link, if this browser has opened it. */
export const factorLinkSecret = (
  request: Request,
  { linkCookies }: AppLoadContext,
): string | undefined =>
  linkCookies['/add-factor'].read(request.headers.get('Cookie'), null)?.secret
