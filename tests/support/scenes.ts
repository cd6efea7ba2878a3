import type { Page } from '@playwright/test'
import { fill, giveCookies, press, sendWithoutScripts, untilScriptsRun, WRONG } from './scene-acts'
import { SCENES_AT_FIRST } from './scenes-at-first'
import { SCENES_OF_ADMINISTRATION } from './scenes-of-administration'
import { SCENES_WITH_MAIL } from './scenes-with-mail'
import type { Stage } from './stage'
import type { Visitor } from './visitor'

/** A page of Latchkey in one of the states in which people meet it. */
export type Scene = {
  name: string
  /** Who looks at it. */
  as?: 'admin' | 'user' | ((stage: Stage) => Promise<Visitor>)
  /** Where it is. */
  at: string | ((stage: Stage) => string | Promise<string>)
  /** What is done there. */
  act?(page: Page): Promise<void>
  /** What is there when it is ready. */
  shows: string | RegExp
}

/** Every page; those with more than one face several times. */
export const SCENES: readonly Scene[] = [
  { name: 'set up', at: setUpLink, shows: 'Create administrator' },
  { name: 'sign in', at: '/login', shows: 'Keep me signed in' },
  { name: 'sign in before set-up', at: signInUnset, shows: /not set up yet/ },
  {
    name: 'sign in after being signed out',
    at: '/login?reason=signed-out-elsewhere',
    shows: 'You were signed out from another device.',
  },
  {
    name: 'sign in refused',
    at: '/login',
    act: fill({ 'E-mail': 'ada@example.com', Password: WRONG }, 'Sign in'),
    shows: /Wrong e-mail, username or password/,
  },
  { name: 'sign up', at: '/signup', shows: 'Create account' },
  {
    name: 'sign up refused',
    at: '/signup',
    act: fill({ Name: 'Ada', 'E-mail': 'ada@example.com', Password: WRONG }, 'Create account'),
    shows: /already has an account/,
  },
  { name: 'forgot password', at: '/forgot-password', shows: /Ask an administrator/ },
  { name: 'choose a password', at: ({ passwordLink }) => passwordLink, shows: /Save password/ },
  {
    name: 'link that does not work',
    at: '/password-link?token=nothing',
    shows: /already used/,
  },
  { name: 'not found', at: '/nowhere', shows: 'There is nothing here' },
  { name: 'not allowed', as: 'user', at: '/admin/users', shows: /for administrators/ },
  { name: 'profile', as: 'admin', at: '/profile', shows: 'Sign out of 2 other sessions' },
  {
    name: 'profile asking',
    as: 'admin',
    at: '/profile',
    act: press('Sign out of 2 other sessions'),
    shows: /Sign out 2 sessions\?/,
  },
  {
    name: 'profile asking without scripts',
    as: 'admin',
    at: '/profile',
    act: sendWithoutScripts('Sign out of 2 other sessions'),
    shows: 'Sign out of 2 sessions?',
  },
  {
    name: 'profile with details',
    as: 'admin',
    at: '/profile',
    act: (page) => page.getByText('Details').first().click(),
    shows: 'Name of this device',
  },
  {
    name: 'profile, server away',
    as: 'user',
    at: '/profile',
    async act(page) {
      await page.route('**', (route) => route.abort())
      await press('Save name')(page)
    },
    shows: /Nothing was saved/,
  },
  { name: 'profile alone', as: 'user', at: '/profile', shows: 'This is your only active session' },
  {
    name: 'profile saved',
    as: 'user',
    at: '/profile',
    act: press('Save name'),
    shows: 'Name saved',
  },
  {
    name: 'profile refused',
    as: 'user',
    at: '/profile',
    act: fill({ 'Current password': WRONG }, 'Save e-mail address'),
    shows: 'That is not your current password.',
  },
  { name: 'apps', as: 'user', at: '/apps', shows: 'Grafana' },
  {
    name: 'profile asking about an application without scripts',
    as: 'admin',
    at: '/profile',
    act: sendWithoutScripts(/of Files in/),
    shows: 'Sign out of Files?',
  },
  {
    name: 'open an application again',
    as: 'user',
    at: `/open?application=photos&nonce=${'n'.repeat(43)}&to=/`,
    shows: /Continue to Photos/,
  },
  { name: 'no second factors', as: 'user', at: '/profile/security', shows: 'Set up' },
  { name: 'no passkeys', as: 'user', at: '/profile/passkeys', shows: 'No passkeys' },
  {
    name: 'set up an authenticator',
    as: 'user',
    at: '/profile/security/authenticator',
    shows: /Scan/,
  },
  {
    name: 'set up an authenticator refused',
    as: 'user',
    at: '/profile/security/authenticator',
    act: fill({ 'Code from your app': '123456' }, 'Turn on'),
    shows: /code is not right/,
  },
  { name: 'second factor needed', as: 'user', at: '/second-factor', shows: /Set up an auth/ },
  { name: 'password', as: 'user', at: '/profile/password', shows: 'Change password' },
  {
    name: 'password refused',
    as: 'user',
    at: '/profile/password',
    act: fill({ 'Current password': WRONG, 'New password': WRONG }, 'Change password'),
    shows: 'That is not your current password.',
  },
  { name: 'API tokens', as: 'admin', at: '/profile/tokens', shows: /Greeting on the start page/ },
  { name: 'no API tokens', as: 'user', at: '/profile/tokens', shows: 'Create token' },
  {
    name: 'API token created',
    as: 'user',
    at: '/profile/tokens',
    async act(page) {
      await page.getByRole('checkbox').first().check()
      await fill({ Name: 'Weekly report' }, 'Create token')(page)
    },
    shows: /Copy the token now/,
  },
  {
    name: 'API token for an application',
    as: 'user',
    at: '/profile/tokens',
    async act(page) {
      await page.getByLabel('For', { exact: true }).selectOption('Wiki')
    },
    shows: 'A token works for one of these.',
  },
  { name: 'activity', as: 'admin', at: '/profile/activity', shows: /What happened/ },
  { name: 'delete my account', as: 'user', at: '/profile/delete', shows: 'What will be deleted' },
  ...SCENES_OF_ADMINISTRATION,
  ...SCENES_AT_FIRST,
  ...SCENES_WITH_MAIL,
]

/** Takes a fresh page to a scene, and waits until it is there and its scripts run. */
export async function goTo(page: Page, scene: Scene, stage: Stage) {
  const path = typeof scene.at === 'string' ? scene.at : await scene.at(stage)
  const { href, origin } = new URL(path, stage.server.origin)
  if (scene.as) {
    const visitor = await (typeof scene.as === 'string' ? stage[scene.as] : scene.as(stage))
    await giveCookies(page, visitor, origin)
  }
  await page.unrouteAll()
  await page.goto(href)
  await untilScriptsRun(page)
  await scene.act?.(page)
  await page.getByText(scene.shows).filter({ visible: true }).first().waitFor()
}

async function setUpLink({ empty }: Stage): Promise<string> {
  const { origin, setUpToken } = await empty()
  return `${origin}/setup?token=${setUpToken()}`
}

async function signInUnset({ empty }: Stage): Promise<string> {
  return `${(await empty()).origin}/login`
}
