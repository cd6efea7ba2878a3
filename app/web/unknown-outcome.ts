/**
 * When a commit was sent to the database and no answer came, nobody can say whether what a form asked
 * for was done. Whoever signed somebody out must not be told that it was, nor that it was not.
 */
export type UnknownOutcome = {
  /** Goes on after "It is not known whether". */
  whether: string
  /** What another try may say, and what that means, where its own words would lead astray. */
  hint?: string
  /** Of the form, to be sent again; null when it held a password, which goes into no page. */
  fields: [name: string, value: string][] | null
}

/** By the route that the form was sent to, and by its intent where the route has several. */
export const WHETHER: Record<string, string> = {
  'routes/logout': 'you are signed out',
  'routes/login': 'you are signed in',
  'routes/login_.second-step': 'you are signed in',
  'routes/second-factor': 'your second factor was accepted',
  'routes/signup': 'your account was created',
  'routes/signup-link': 'your account was created',
  'routes/forgot-password': 'a mail is on its way',
  'routes/setup': 'the account was created',
  'routes/password-link': 'the password was set',
  'routes/confirm-email': 'the e-mail address was changed',
  'routes/take-back-email': 'the e-mail address was taken back',
  'routes/not-me disown': 'you were signed out everywhere',
  'routes/not-me remove-older': 'that was removed',
  'routes/profile_.not-me': 'the other sessions were signed out',
  'routes/open': 'you are signed in to the application',
  'routes/profile sign-out-of-sessions': 'the other sessions were signed out',
  'routes/profile sign-out-of-session': 'those sessions were signed out',
  'routes/profile sign-out-of-application': 'you are signed out of the application',
  'routes/profile name-session': 'the name was saved',
  'routes/profile rename': 'the name was saved',
  'routes/profile change-email': 'the e-mail address was saved',
  'routes/profile cancel-email-change': 'the change of the e-mail address was cancelled',
  'routes/profile hide-next-steps': 'what to do next was hidden',
  'routes/apps': 'what to do next was hidden',
  'routes/profile_.password': 'the password was changed',
  'routes/profile_.security remove-authenticator': 'the authenticator app was removed',
  'routes/profile_.security renew-codes': 'new recovery codes were made',
  'routes/profile_.security forget-device': 'that device is asked for the second step again',
  'routes/profile_.security_.authenticator': 'the authenticator app was set up',
  'routes/profile_.passkeys add-passkey': 'the passkey was added',
  'routes/profile_.passkeys rename-passkey': 'the passkey was renamed',
  'routes/profile_.passkeys remove-passkey': 'the passkey was removed',
  'routes/profile_.data': 'your data was put together',
  'routes/profile_.delete': 'your account was deleted',
  'routes/profile_.tokens create-token': 'the token was made',
  'routes/profile_.tokens revoke-token': 'the token was revoked',
  'routes/admin.audit_.export': 'the file was put together',
  'routes/admin.users sign-everyone-out': 'everybody was signed out',
  'routes/admin.users_.new': 'the account was created',
  'routes/admin.users_.$userId edit': 'the account was changed',
  'routes/admin.users_.$userId change-username': 'the username was changed',
  'routes/admin.users_.$userId disable': 'the account was disabled',
  'routes/admin.users_.$userId enable': 'the account was enabled',
  'routes/admin.users_.$userId password-link': 'the link was made',
  'routes/admin.users_.$userId remove-factors': 'the second factors were removed',
  'routes/admin.users_.$userId factor-link': 'the link was made',
  'routes/admin.users_.$userId mail-password-link': 'the link was mailed',
  'routes/admin.users_.$userId sign-out-of-sessions': 'the sessions were signed out',
  'routes/admin.users_.$userId sign-out-of-session': 'those sessions were signed out',
  'routes/admin.users_.$userId revoke-token': 'the token was revoked',
  'routes/admin.users_.$userId set-groups': 'the groups were saved',
  'routes/admin.users_.$userId_.delete': 'the account was deleted',
  'routes/admin.mail send-again': 'the mail is sent again',
  'routes/admin.mail send-test': 'the mail to you was written',
  'routes/admin.groups': 'the group was added',
  'routes/admin.groups_.$groupId rename': 'the group was renamed',
  'routes/admin.groups_.$groupId add-members': 'those people were added to the group',
  'routes/admin.groups_.$groupId remove-members': 'those people were taken out of the group',
  'routes/admin.groups_.$groupId remove-group': 'the group was removed',
  'routes/admin.applications_.new': 'the application was added',
  'routes/admin.applications_.$applicationId edit': 'the application was changed',
  'routes/admin.applications_.$applicationId end-sign-in':
    'that browser was signed out of the application',
  'routes/admin.applications_.$applicationId end-sign-ins':
    'everybody was signed out of the application',
  'routes/admin.applications_.$applicationId check': 'the check of the connection has begun',
  'routes/admin.applications_.$applicationId_.delete': 'the application was removed',
}

/** By the route. */
const HINTS: Record<string, string> = {
  'routes/admin.users_.new':
    'If it says then that another account has the e-mail address, look at that one in the list of users: ' +
    'it may be the one that you just created, and its page makes a new link.',
}

/**
 * 503, with what the error page needs to say so and to offer another try.
 *
 * @param body of the form as it was sent
 */
export function unknownOutcome(routeId: string, body: string): Response {
  const form = new URLSearchParams(body)
  const intent = form.get('intent') ?? ''
  const whether = WHETHER[`${routeId} ${intent}`] ?? WHETHER[routeId] ?? 'this was done'
  const fields = [...form]
  const hasPassword = fields.some(([name]) => /password/i.test(name))
  const hint = HINTS[routeId]
  const outcome: UnknownOutcome = {
    whether,
    ...(hint !== undefined && { hint }),
    fields: hasPassword ? null : fields,
  }
  return Response.json({ unknownOutcome: outcome }, { status: 503 })
}
