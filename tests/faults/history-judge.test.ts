import { describe, expect, test } from 'vitest'
import { objections, type Entry } from '../support/history'

const done = (began: number, ended = began + 1) => ({ began, ended, result: 'done' as const })
const refused = (began: number) => ({ began, ended: began + 1, result: 'refused' as const })
const unknown = (began: number) => ({ began, ended: Infinity, result: 'unknown' as const })

const signIn = (session: string, at: number): Entry => ({
  kind: 'sign-in',
  user: 'ada',
  session,
  ...done(at),
})
const use = (
  session: string,
  times: ReturnType<typeof done> | ReturnType<typeof refused>,
): Entry => ({
  kind: 'use',
  session,
  ...times,
})

describe('the judge of histories objects to', () => {
  test('a use that began after the acknowledged ending and succeeded', () => {
    const history: Entry[] = [
      signIn('s1', 0),
      { kind: 'end', session: 's1', ...done(10, 20) },
      use('s1', done(21)),
    ]
    expect(objections(history)).toEqual(['s1 was used at 21, ended at 20'])
  })

  test('one session that outlives the ending of all others', () => {
    const history: Entry[] = [
      signIn('s1', 0),
      signIn('s2', 2),
      { kind: 'end others', user: 'ada', keep: 's1', ...done(10, 20) },
      use('s1', done(30)),
      use('s2', done(30)),
    ]
    expect(objections(history)).toHaveLength(1)
    expect(objections(history)[0]).toContain('s2')
  })

  test('a session that outlives its account', () => {
    const history: Entry[] = [
      signIn('s1', 0),
      { kind: 'end account', user: 'ada', ...done(10, 20) },
      use('s1', done(30)),
    ]
    expect(objections(history)).toHaveLength(1)
  })

  test('a session that ends although the ending was refused', () => {
    const ending: Entry = { kind: 'end', session: 's1', ...refused(10) }
    expect(objections([signIn('s1', 0), ending, use('s1', refused(30))])).toHaveLength(1)
  })

  test('a session that comes back after it was refused', () => {
    const history: Entry[] = [
      signIn('s1', 0),
      { kind: 'end', session: 's1', ...done(10, 20) },
      use('s1', refused(21)),
      use('s1', done(500)),
    ]
    expect(objections(history)).toHaveLength(1)
  })

  test('a session that was lost without an ending', () => {
    expect(objections([signIn('s1', 0), use('s1', refused(10))])).toHaveLength(1)
  })

  test('a session that nobody was given', () => {
    expect(objections([use('s1', done(10))])).toHaveLength(1)
  })
})

describe('the judge of histories accepts', () => {
  test('a use that began before the ending was acknowledged', () => {
    const history: Entry[] = [
      signIn('s1', 0),
      { kind: 'end', session: 's1', ...done(10, 20) },
      use('s1', done(19, 25)),
    ]
    expect(objections(history)).toEqual([])
  })

  test('either outcome when an ending got no answer', () => {
    const ending: Entry = { kind: 'end', session: 's1', ...unknown(10) }
    expect(objections([signIn('s1', 0), ending, use('s1', done(30))])).toEqual([])
    expect(objections([signIn('s1', 0), ending, use('s1', refused(30))])).toEqual([])
  })

  test('a sign-in beside the ending of all others, whether it lives or not', () => {
    const history: Entry[] = [
      signIn('s1', 0),
      { kind: 'end others', user: 'ada', keep: 's1', ...done(10, 20) },
      { kind: 'sign-in', user: 'ada', session: 's2', ...done(15, 19) },
    ]
    expect(objections([...history, use('s2', done(30))])).toEqual([])
    expect(objections([...history, use('s2', refused(30))])).toEqual([])
  })

  test('a session of an account that was made anew under the same address', () => {
    const history: Entry[] = [
      signIn('s1', 0),
      { kind: 'end account', user: 'ada', ...done(10, 20) },
      signIn('s2', 30),
      use('s1', refused(40)),
      use('s2', done(40)),
    ]
    expect(objections(history)).toEqual([])
  })

  test("another person's ending of all others", () => {
    const history: Entry[] = [
      signIn('s1', 0),
      { kind: 'end others', user: 'bob', keep: 's9', ...done(10, 20) },
      use('s1', done(30)),
    ]
    expect(objections(history)).toEqual([])
  })
})
