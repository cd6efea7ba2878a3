import { expect, it } from 'vitest'
import { initials } from './avatar'

it.each([
  ['Ada Lovelace', 'AL'],
  ['  grace  brewster murray hopper ', 'GH'],
  ['Plato', 'P'],
  ['😀 smile', '😀S'],
  ['', ''],
])('the initials of "%s" are "%s"', (name, expected) => expect(initials(name)).toBe(expected))
