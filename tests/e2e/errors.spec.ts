import { createVisitor } from '../support/visitor'
import {
  ADMIN,
  badGateway,
  expect,
  expectProfile,
  expectSaid,
  fillNewPerson,
  signIn,
  signUp,
  test,
} from './fixtures'

test('a form that cannot reach the server says so, stays as it was typed, and is sent once it can', async ({
  server,
  openBrowser,
  newPerson,
}) => {
  const [page, ada] = [await openBrowser(), newPerson()]
  await signUp(page, ada)
  const name = page.getByRole('textbox', { name: 'Name' })
  const save = page.getByRole('button', { name: 'Save name' })

  await server.stop()
  await name.fill('Augusta Ada King')
  await save.click()
  await expect(page.getByText('Can’t reach Latchkey. Nothing was saved.')).toBeVisible()
  await expect(name).toHaveValue('Augusta Ada King')

  await server.start()
  await save.click()
  await expectSaid(page, 'Name saved')
  await page.reload()
  await expect(name).toHaveValue('Augusta Ada King')
})

test('a form stays as it was typed when a proxy answers that there is no server behind it', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser()
  await signUp(page, newPerson())
  await page.route('**/healthz', badGateway)
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.fill('Augusta Ada King')
  await page.getByRole('button', { name: 'Save name' }).click()
  await expect(page.getByText('Can’t reach Latchkey. Nothing was saved.')).toBeVisible()
  await expect(name).toHaveValue('Augusta Ada King')
})

for (const javaScriptEnabled of [true, false]) {
  test(`a form that is too long comes back with a sentence, ${
    javaScriptEnabled ? 'as it was typed' : 'also without JavaScript'
  }`, async ({ openBrowser, newPerson }) => {
    const page = await openBrowser({ javaScriptEnabled })
    await signUp(page, newPerson())
    const name = page.getByRole('textbox', { name: 'Name' })
    const long = 'a'.repeat(70_000)
    await name.fill(long)
    await page.getByRole('button', { name: 'Save name' }).click()
    await expect(page.getByText('This is more than a form of ours can hold.')).toBeVisible()
    await expect(name).toHaveValue(javaScriptEnabled ? long : 'Ada Lovelace')
  })
}

test('a page that cannot be loaded says in its frame that the server is away, and comes when it is back', async ({
  newServer,
  openBrowser,
}) => {
  const server = await newServer({ SITE_NAME: 'Lind family' })
  const page = await openBrowser({ baseURL: server.origin })
  const visitor = createVisitor(server.origin)
  await visitor.setUp(server.setUpToken(), ADMIN.email, ADMIN.name, ADMIN.password)
  await signIn(page, ADMIN)
  const tokens = page.getByRole('link', { name: 'API tokens' })
  await tokens.click()
  await expect(page).toHaveTitle('API tokens · Lind family')
  await page.getByRole('link', { name: 'Profile' }).click()
  await expectProfile(page)

  await server.stop()
  await tokens.click()
  const away = page.getByRole('heading', { name: 'Can’t reach the server', level: 1 })
  await expect(away).toBeVisible()
  await expect(page).toHaveTitle('Can’t reach the server · Lind family')
  await expect(page.getByRole('link', { name: 'Lind family' })).toBeVisible()
  await expect(tokens).toBeVisible()
  const again = page.getByRole('link', { name: 'Load it again' })
  await Promise.all([page.waitForEvent('requestfailed'), again.click()])
  await expect(away).toBeVisible()

  await server.start()
  await again.click()
  await expect(page).toHaveTitle('API tokens · Lind family')
})

for (const javaScriptEnabled of [true, false]) {
  test(`after an error the focus is on the first field that is wrong, ${
    javaScriptEnabled ? 'with' : 'without'
  } JavaScript`, async ({ openBrowser, newPerson }) => {
    const page = await openBrowser({ javaScriptEnabled })
    const ada = newPerson()
    await page.goto('/signup')
    await fillNewPerson(page, { ...ada, password: 'short' })
    await page.getByRole('button', { name: 'Create account' }).click()
    const password = page.getByLabel('Password', { exact: true })
    await expect(password).toHaveAttribute('aria-invalid', 'true')
    await expect(password).toBeFocused()
    await expect(page.getByText('Use at least 8 characters.')).toBeVisible()
  })
}

test('on a phone a menu leads to every page, and closes by itself', async ({
  openBrowser,
  newPerson,
}) => {
  const page = await openBrowser({ viewport: { width: 375, height: 700 } })
  await signUp(page, newPerson())
  const menu = page.getByText('Menu: Profile')
  await menu.click()
  await page.getByRole('link', { name: 'Activity', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
  await expect(page.getByRole('link', { name: 'API tokens' })).toBeHidden()
  await expect(page.getByText('Menu: Activity')).toBeVisible()
})
