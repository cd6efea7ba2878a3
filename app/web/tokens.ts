import type { AppLoadContext } from '@remix-run/node'
import type { ActingByToken, Scope } from '~/accounts/api-tokens/scopes'
import { readAuthorization } from './authorization'

/**
 * The guard of the JSON API: whoever holds a token with this scope. A cookie is never looked at, so
 * no page can make a browser use the API. 401 without a token that works, 403 without the scope.
 */
export async function requireToken(
  request: Request,
  context: AppLoadContext,
  scope: Scope,
): Promise<ActingByToken> {
  const { ip } = context.client
  const authorization = readAuthorization(request.headers.get('Authorization'))
  const token = authorization.kind === 'bearer' ? authorization.token : undefined
  const bearer = await context.services.tokens.verify(token, ip)
  if (!bearer) {
    context.setHeader('WWW-Authenticate', 'Bearer')
    throw json({ error: 'unauthorized' }, 401)
  }
  if (!bearer.token.scopes.includes(scope)) {
    context.log.warn({ userId: bearer.user.id, scope }, 'token without the scope refused')
    throw json({ error: 'forbidden', missingScope: scope }, 403)
  }
  return { bearer, ip }
}

/** A JSON answer of the API. */
export const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
  })
