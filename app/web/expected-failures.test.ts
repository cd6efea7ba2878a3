import type { AppLoadContext, ServerBuild } from '@remix-run/node'
import { data } from '@remix-run/node'
import { describe, expect, test, vi } from 'vitest'
import { DatabaseBusy, DatabaseFull, DatabaseUnreachable, OutcomeUnknown } from '~/database/errors'
import { silentLog } from '../../tests/support/services'
import { success, refused } from './answers'
import { askFirst } from './confirmation'
import { withExpectedFailures } from './expected-failures'

type Route = { loader: () => unknown; action: () => unknown; page?: () => null }

/** A request: what is called in it has one context. */
function requestTo({ loader = nothing, action = nothing, page }: Partial<Route>) {
  const route = { loader, action, default: page }
  const build = { routes: { page: { id: 'page', module: route } } }
  const { module } = withExpectedFailures(build as unknown as ServerBuild).routes.page!
  const setHeader = vi.fn()
  const context = { log: silentLog, setHeader } as unknown as AppLoadContext
  const body = new URLSearchParams({ name: 'Ada', password: 'secret' })
  const request = new Request('http://localhost/', { method: 'POST', body })
  const args = { request, params: {}, context }
  return {
    setHeader,
    act: async () => (module.action as (a: typeof args) => unknown)(args),
    load: async () => (module.loader as (a: typeof args) => unknown)(args),
  }
}

const nothing = () => null
const failing = (error: unknown) => async () => {
  throw error
}
const thrownBy = (run: () => Promise<unknown>) =>
  run().then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  )

/** The status and the text of a thrown answer. */
async function answerOf(run: () => Promise<unknown>) {
  const answer = (await thrownBy(run)) as Response
  return [answer.status, await answer.text()] as const
}

describe('a failure of the database', () => {
  const passwordsBusy = Object.assign(new Error(), { name: 'PasswordsBusy' })

  test.each([
    [new DatabaseBusy(), 'Busy for the moment', 'Too much was asked of it at once. Try again in'],
    [passwordsBusy, 'Busy for the moment', 'Too much was asked of it at once. Try again in'],
    [new DatabaseUnreachable(), 'The database does not answer', 'It cannot reach its database.'],
    [new DatabaseFull(), 'Nothing can be saved at the moment', 'for want of space. Tell whoever'],
  ])(
    'that is expected now and then is answered by a 503 that says what was not done, and why: %s',
    async (error, title, why) => {
      const Page = () => null
      const { act, load, setHeader } = requestTo({
        ...{ action: failing(error), loader: failing(error) },
        page: Page,
      })
      const saying = (what: string) =>
        expect.stringMatching(`^This .*${what}.*\\. .*${why}`) as string
      const [status, text] = await answerOf(load)
      const unavailable = { title, message: saying('cannot be shown') }
      expect([status, JSON.parse(text)]).toEqual([503, { unavailable }])
      // The page comes back, with what was typed into it.
      expect(await act()).toMatchObject({
        data: { problem: saying('Nothing was changed'), typed: { name: 'Ada' } },
        init: { status: 503 },
      })
      expect(setHeader).toHaveBeenCalledWith('Retry-After', '5')

      const bare = requestTo({ action: failing(error), loader: failing(error) })
      expect(await answerOf(bare.act)).toEqual([503, expect.stringMatching(/^This cannot be done/)])
    },
  )

  test('that keeps the page from being shown after a form that was not done says that, too', async () => {
    const busy = failing(new DatabaseBusy())
    const { act, load } = requestTo({ action: busy, loader: busy, page: () => null })
    await act()
    expect(await answerOf(load)).toEqual([503, expect.stringContaining('Nothing was changed')])
  })

  test('that leaves a form not known to be done is answered by a 503 that says so, and nothing more', async () => {
    const { act, setHeader } = requestTo({ action: failing(new OutcomeUnknown()) })
    expect(await answerOf(act)).toEqual([503, expect.stringContaining('It is not known whether')])
    expect(setHeader).not.toHaveBeenCalled()
  })

  test('of any other kind is not answered so', async () => {
    const error = new Error('a bug')
    const { act, load } = requestTo({ action: failing(error), loader: failing(error) })
    expect(await thrownBy(act)).toBe(error)
    expect(await thrownBy(load)).toBe(error)
  })
})

describe('a page that fails after its form was done', () => {
  test.each([
    new DatabaseBusy(),
    new Error('a bug'),
    new Response('Not for you any more.', { status: 403 }),
  ])('answers what was done: %s', async (error) => {
    const action = () => success({ title: 'Name saved' })
    const { act, load } = requestTo({ action, loader: failing(error) })
    await act()
    expect(await answerOf(load)).toEqual([
      200,
      'Name saved. The page itself cannot be shown at the moment.',
    ])
  })

  test('says that something was done also where the form has no words for it', async () => {
    const action = () => data({ link: 'https://example.com' }, { status: 201 })
    const { act, load } = requestTo({ action, loader: failing(new DatabaseBusy()) })
    await act()
    expect(await answerOf(load)).toEqual([200, expect.stringContaining('was done')])
  })

  test('goes where it leads all the same', async () => {
    const redirect = new Response(null, { status: 302, headers: { Location: '/login' } })
    const { act, load } = requestTo({
      action: () => success({ title: 'x' }),
      loader: failing(redirect),
    })
    await act()
    expect(await thrownBy(load)).toBe(redirect)
  })

  const undone = {
    'when it was refused': () => refused('This is no address.'),
    'when it was asked about first': () =>
      askFirst(new URLSearchParams(), { title: '?', effect: '', affected: [], label: '' }),
    'when there was nothing to do': nothing,
  }
  test.each(Object.entries(undone))('claims nothing %s', async (_, action) => {
    const { act, load } = requestTo({ action, loader: failing(new DatabaseBusy()) })
    await act()
    expect(await answerOf(load)).toEqual([503, expect.stringContaining('cannot be shown')])
  })
})
