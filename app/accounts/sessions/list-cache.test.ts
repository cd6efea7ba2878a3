import { expect, test } from 'vitest'
import { createListCache } from './list-cache'

test.each(['forgetUser', 'forgetEverything'] as const)(
  'rows that were read before %s are not remembered after it',
  (change) => {
    const lists = createListCache<string>({ max: 10 })
    const store = lists.beginFill()
    lists[change]('somebody else')
    store('ada', ['old'])
    expect(lists.get('ada')).toBeUndefined()
    lists.beginFill()('ada', ['new'])
    expect(lists.get('ada')).toEqual(['new'])
  },
)

test('a change of one user leaves the lists of the others', () => {
  const lists = createListCache<string>({ max: 10 })
  for (const user of ['ada', 'grace']) lists.beginFill()(user, [user])
  lists.forgetUser('ada')
  expect([lists.get('ada'), lists.get('grace')]).toEqual([undefined, ['grace']])
  lists.forgetEverything()
  expect(lists.get('grace')).toBeUndefined()
})

test('the lists that were not asked for longest make room, by their length', () => {
  const lists = createListCache<number>({ max: 10 })
  lists.beginFill()('short', [1])
  lists.beginFill()('long', [1, 2, 3, 4, 5])
  lists.get('short')
  lists.beginFill()('another', [1, 2])
  expect(['short', 'long', 'another'].filter((user) => lists.get(user))).toEqual([
    'short',
    'another',
  ])
})
