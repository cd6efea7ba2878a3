import { expect, test } from './fixtures'

test('an answer that was given up is no error of the page, and anything else still is', async ({
  page,
}) => {
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  await page.goto('/login', { waitUntil: 'networkidle' })
  await page.evaluate(() => {
    const interrupted = new AbortController()
    interrupted.abort()
    void fetch('/login', { signal: interrupted.signal })
    void Promise.reject(new Error('a real one'))
  })
  await expect.poll(() => errors).toContain('a real one')
  expect(errors).toEqual(['a real one'])
})
