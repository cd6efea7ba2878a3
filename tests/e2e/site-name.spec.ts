import { giveCookies } from '../support/scene-acts'
import { createVisitor } from '../support/visitor'
import { ADMIN, expect, test } from './fixtures'

test('a long name of the site leaves the way out on one line, on phones', async ({
  newServer,

  openBrowser,
}) => {
  const server = await newServer({ SITE_NAME: 'The extended family Lovelace-Hopper of X' })
  const page = await openBrowser({ baseURL: server.origin })
  const grace = createVisitor(server.origin)
  await grace.setUp(server.setUpToken(), ADMIN.email, ADMIN.name, ADMIN.password)
  await giveCookies(page, grace, server.origin)
  await page.goto('/profile')
  const signOut = page.getByRole('button', { name: 'Sign out', exact: true })
  const { height } = (await signOut.boundingBox())!
  for (const width of [375, 320]) {
    await page.setViewportSize({ width, height: 700 })
    expect(await signOut.boundingBox()).toMatchObject({ height })
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(await overflow()).toBeLessThanOrEqual(0)
  }
})
