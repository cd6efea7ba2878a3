import type { ServerBuild } from '@remix-run/node'
import { expect, test } from 'vitest'
import { createPathBound } from './route-paths'

const routes = Object.fromEntries(
  [
    { id: 'root', path: '' },
    { id: 'index', parentId: 'root', index: true },
    { id: 'people', parentId: 'root', path: 'people' },
    { id: 'person', parentId: 'people', path: ':personId/:part?' },
    { id: 'last resort', parentId: 'root', path: '*' },
  ].map((route) => [route.id, route]),
) as unknown as ServerBuild['routes']

const bounded = createPathBound(routes)
/** Deeper than any route of these. */
const NOWHERE = '/-/-/-/-'
const MANY = 7_000

test.each([
  ['deeper than the deepest route', '/people/7/name/x'],
  ['so deep and ends in a slash', '/people/7/name/x/'],
  ['thousands of segments deep', '/a'.repeat(MANY)],
  ['made of thousands of slashes', '/'.repeat(MANY)],
  ['a page followed by thousands of slashes', `/people${'/'.repeat(MANY)}`],
  ['begun by two slashes', '//people'],
  ['divided by two slashes', '/people//7'],
  ['ended by two slashes', '/people//'],
  ['two slashes and nothing else', '//'],
])('a path that is %s is exchanged for a short one that leads nowhere', (_, path) => {
  expect(bounded(path)).toBe(NOWHERE)
  expect(bounded(`${path}x.data`)).toBe(`${NOWHERE}.data`)
})

test('a path of the API is exchanged for one of the API', () => {
  expect(bounded('/api/'.repeat(MANY))).toBe(`/api${NOWHERE}`)
  expect(bounded('/apiary//')).toBe(NOWHERE)
})

test.each([
  ...['/', '/people', '/people/', '/people/7', '/people/7/name', '/people/7/name/', '/other'],
  ...['/_root.data', '/people.data', '/people/7/name.data'],
])('a path that a route could match is left as it is: %s', (path) => {
  expect(bounded(path)).toBe(path)
})

test('an encoded slash divides no segments, as for Remix', () => {
  const path = `/people/${'a%2F'.repeat(MANY)}`
  expect(bounded(path)).toBe(path)
})
