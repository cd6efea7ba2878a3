import {
  expect,
  expectLive,
  expectProfile,
  expectSaid,
  expectSignedOut,
  signIn,
  signInByHand,
  signUp,
  signUpByHand,
  test,
} from './fixtures'
import { whenBlanked } from './blanking'
import { agree, areYouSure, endOthersButton, onlySession, sessionLines } from './profile-page'

test.describe('signing out of the other sessions', () => {
  test('takes two presses, blanks the other tab and touches nobody else', async ({
    openBrowser,
    newPerson,
  }) => {
    const here = await openBrowser()
    const there = await openBrowser()
    const stranger = await openBrowser()
    const ada = newPerson()
    await signUpByHand(here, ada)
    await signUp(stranger, newPerson('Grace Hopper'))
    await signInByHand(there, ada)
    await Promise.all([here, there, stranger].map((page) => expectLive(page)))
    const copiedCookies = await there.context().cookies()
    const blanked = await whenBlanked(there, ada.name)

    await expect(sessionLines(here)).toHaveCount(2)
    await endOthersButton(here).click()
    await areYouSure(here).click()

    await expectSaid(here, 'Signed out of 1 other session; 1 open tab was told')
    await blanked()
    await expectSignedOut(there, 'You were signed out from another device.')
    await expect(onlySession(here)).toBeVisible()
    await expect(sessionLines(here)).toHaveCount(1)

    const thief = await openBrowser()
    await thief.context().addCookies(copiedCookies)
    await thief.goto('/profile')
    await expectSignedOut(thief, 'You were signed out')

    await expectProfile(stranger)
    await stranger.reload()
    await expectProfile(stranger)
  })

  test('does nothing after one press that is taken back by Escape or by leaving the button', async ({
    openBrowser,
    newDevice,
    newPerson,
  }) => {
    const [here, there, ada] = [await openBrowser(), newDevice(), newPerson()]
    await signUp(here, ada)
    await there.signIn(ada.email)
    await expectLive(here)
    await expect(endOthersButton(here)).toBeVisible()
    const sent: string[] = []
    here.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))

    await endOthersButton(here).click()
    await areYouSure(here).press('Escape')
    await expect(endOthersButton(here)).toBeVisible()

    await endOthersButton(here).click()
    await expect(areYouSure(here)).toBeVisible()
    await here.getByRole('textbox', { name: 'Name' }).focus()
    await expect(endOthersButton(here)).toBeVisible()

    await endOthersButton(here).dblclick()
    await expect(areYouSure(here)).toBeVisible()

    expect(await there.isSignedIn()).toBe(true)
    expect(sent).toEqual([])
  })

  test('is asked about by a page without JavaScript, and the other is out at its next click', async ({
    openBrowser,
    newPerson,
  }) => {
    const here = await openBrowser({ javaScriptEnabled: false })
    const there = await openBrowser({ javaScriptEnabled: false })
    const stranger = await openBrowser({ javaScriptEnabled: false })
    const ada = newPerson()
    await signUpByHand(here, ada)
    await signInByHand(there, ada)
    await signUp(stranger, newPerson('Grace Hopper'))
    await here.reload()

    await expect(sessionLines(here)).toHaveCount(2)
    await endOthersButton(here).click()
    await expect(here.getByRole('heading', { level: 1, name: /^Sign out of Chrome/ })).toBeVisible()
    await here.getByRole('link', { name: 'Cancel' }).click()
    await expect(sessionLines(here)).toHaveCount(2)
    await endOthersButton(here).click()
    await here.getByRole('button', { name: 'Sign out of 1 session' }).click()

    await expect(onlySession(here)).toBeVisible()
    await expectSaid(here, 'Signed out of 1 other session')
    await there.getByRole('link', { name: 'Sign-in and security' }).click()
    await expectSignedOut(there, 'You were signed out')
    await stranger.getByRole('link', { name: 'Sign-in and security' }).click()
    await expect(
      stranger.getByRole('heading', { level: 1, name: 'Sign-in and security' }),
    ).toBeVisible()
  })
})

test('a press before the scripts have loaded is asked about by a page, and a double-click as well', async ({
  openBrowser,
  newDevice,
  newPerson,
}) => {
  const [here, there, ada] = [await openBrowser(), newDevice(), newPerson()]
  await signUp(here, ada)
  await there.signIn(ada.email)
  await here.route('**/*.js', (route) => route.abort())
  await here.goto('/profile')

  await endOthersButton(here).dblclick()
  await expect(here.getByText('Nothing has been done yet.')).toBeVisible()
  expect(await there.isSignedIn()).toBe(true)
  await here.getByRole('button', { name: 'Sign out of 1 session' }).click()
  await expect(onlySession(here)).toBeVisible()
  expect(await there.isSignedIn()).toBe(false)
})

for (const javaScriptEnabled of [true, false]) {
  test(`signing out of one session or of those ticked spares the rest, ${
    javaScriptEnabled ? 'with' : 'without'
  } JavaScript`, async ({ openBrowser, newDevice, newPerson }) => {
    const ada = newPerson()
    const [firefox, chrome, edge, opera] = ['Firefox', 'Chrome', 'Edg', 'OPR'].map((browser) =>
      newDevice(`Mozilla/5.0 (X11; Linux x86_64) ${browser}/130.0.0.0`),
    )
    await firefox!.signUp(ada.email, ada.name)
    await Promise.all([chrome, edge, opera].map((device) => device!.signIn(ada.email)))
    const here = await openBrowser({ javaScriptEnabled })
    await signIn(here, ada)
    if (javaScriptEnabled) await expectLive(here)

    await here.getByRole('button', { name: 'Sign out of Firefox on Linux' }).click()
    if (javaScriptEnabled) await areYouSure(here).click()
    else await agree(here, 'Sign out of Firefox on Linux?', 'Sign out of 1 session')
    await expect(sessionLines(here)).toHaveCount(4)
    await here.getByLabel('Select Chrome on Linux').check()
    await here.getByLabel('Select Microsoft Edge on Linux').check()
    await here.getByRole('button', { name: /^Sign out selected/ }).click()
    if (javaScriptEnabled) await areYouSure(here).click()
    else await agree(here, 'Sign out of 2 sessions?', 'Sign out of 2 sessions')
    await expect(sessionLines(here)).toHaveCount(2)

    for (const ended of [firefox, chrome, edge]) expect(await ended!.isSignedIn()).toBe(false)
    expect(await opera!.isSignedIn()).toBe(true)
  })
}
