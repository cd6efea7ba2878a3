import { fill, press, pressTwice, sendWithoutScripts } from './scene-acts'
import type { Scene } from './scenes'
import type { Stage } from './stage'
import type { MailStage } from './stage-with-mail'

type Somebody = 'admin' | 'guarded' | 'stale' | 'keyed' | 'pending' | 'enrolling'

const as = (who: Somebody) => async (stage: Stage) => (await stage.withMail())[who]

/** A page of the server that sends mail. */
const at =
  (path: string | ((stage: MailStage) => string)) =>
  async ({ withMail }: Stage): Promise<string> => {
    const stage = await withMail()
    return stage.server.origin + (typeof path === 'string' ? path : path(stage))
  }

const link = (name: keyof MailStage['links']) => at(({ links }) => links[name])

/** The pages of what mails and second factors are for. */
export const SCENES_WITH_MAIL: readonly Scene[] = [
  { name: 'sign up by mail', at: at('/signup'), shows: 'Sign up' },
  {
    name: 'sign up by mail, sent',
    at: at('/signup'),
    act: fill({ 'E-mail': 'somebody@example.com' }, /./),
    shows: /on its way/,
  },
  { name: 'sign up by mail, the link', at: link('signUp'), shows: 'Create account' },
  { name: 'forgot password with mail', at: at('/forgot-password'), shows: /mail you/i },
  {
    name: 'forgot password, sent',
    at: at('/forgot-password'),
    act: fill({ 'E-mail': 'nobody@example.com' }, /./),
    shows: /on its way/,
  },
  { name: 'forgot password, the link', at: link('password'), shows: 'Save password' },
  { name: 'confirm e-mail', at: link('confirm'), shows: 'Use this address' },
  { name: 'e-mail confirmed', at: at('/confirm-email?done=yes'), shows: 'E-mail address changed' },
  { name: 'take back e-mail', at: link('takeBack'), shows: /Take it back/ },
  { name: 'not me', at: link('notMe'), shows: 'Was this not you?' },
  { name: 'add factor', at: link('addFactor'), shows: /keeps the link/ },
  {
    name: 'link that does not work with mail',
    at: at('/not-me?token=nothing'),
    shows: /has expired/,
  },
  { name: 'second step', as: as('pending'), at: at('/login/second-step'), shows: 'Second step' },
  {
    name: 'second step refused',
    as: as('pending'),
    at: at('/login/second-step'),
    act: fill({ 'Code from your app': '123456' }, 'Sign in'),
    shows: /code is not right/,
  },
  {
    name: 'second step by passkey',
    as: as('pending'),
    at: at('/login/second-step?use=passkey'),
    shows: 'Use a passkey',
  },
  {
    name: 'second step by recovery code',
    as: as('pending'),
    at: at('/login/second-step?use=recovery-code'),
    shows: 'Use a recovery code',
  },
  {
    name: 'second factor on the way',
    as: as('enrolling'),
    at: at('/login/second-step'),
    shows: 'Set up a second factor',
  },
  { name: 'what to do next', as: as('admin'), at: at('/profile'), shows: 'What to do next' },
  {
    name: 'profile with a new address on its way',
    as: as('guarded'),
    at: at('/profile'),
    shows: /grace@example\.org/,
  },
  {
    name: 'not me on the profile',
    as: as('guarded'),
    at: at('/profile'),
    act: (page) =>
      page
        .getByRole('link', { name: /wasn.t me/ })
        .first()
        .click(),
    shows: /Signed in from/,
  },
  { name: 'security', as: as('guarded'), at: at('/profile/security'), shows: 'Recovery codes' },
  {
    name: 'recovery codes',
    as: as('guarded'),
    at: at('/profile/security'),
    act: pressTwice('Make new codes'),
    shows: /Copy/,
  },
  {
    name: 'security asking without scripts',
    as: as('guarded'),
    at: at('/profile/security'),
    act: sendWithoutScripts(/remove/i),
    shows: /\?$/,
  },
  { name: 'passkeys', as: as('guarded'), at: at('/profile/passkeys'), shows: 'Add a passkey' },
  {
    name: 'asked who it is',
    as: as('stale'),
    at: at('/profile/tokens'),
    async act(page) {
      await page.getByRole('checkbox').first().check()
      await fill({ Name: 'Weekly report' }, 'Create token')(page)
    },
    shows: /password/i,
  },
  {
    name: 'asked for a passkey',
    as: as('keyed'),
    at: at('/profile/passkeys'),
    act: sendWithoutScripts(/remove/i),
    shows: /passkey is needed/,
  },
  {
    name: 'asked who it is for an authenticator',
    as: as('stale'),
    at: at('/profile/security/authenticator'),
    shows: /password/i,
  },
  { name: 'mail', as: as('admin'), at: at('/admin/mail'), shows: 'Given up' },
  { name: 'new user with mail', as: as('admin'), at: at('/admin/users/new'), shows: /Mail them/ },
  {
    name: 'user with second factors',
    as: as('admin'),
    at: at(({ guardedId }) => `/admin/users/${guardedId}`),
    shows: 'Remove second factors',
  },
  {
    name: 'user asking about second factors without scripts',
    as: as('admin'),
    at: at(({ guardedId }) => `/admin/users/${guardedId}`),
    act: sendWithoutScripts('Remove second factors'),
    shows: /\?$/,
  },
  {
    name: 'user with link for a second factor',
    as: as('admin'),
    at: at(({ guardedId }) => `/admin/users/${guardedId}`),
    act: press(/password link/i),
    shows: /link/i,
  },
]
