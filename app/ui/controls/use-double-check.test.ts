import { describe, expect, it } from 'vitest'
import { keyEffect, pressEffect } from './use-double-check'

describe('a press', () => {
  it('does not go through the first time, but asks', () => {
    expect(pressEffect({ armed: false, clicksInARow: 1 })).toBe('asks')
  })

  it('does nothing as the second half of a double-click', () => {
    expect(pressEffect({ armed: true, clicksInARow: 2 })).toBe('nothing')
    expect(pressEffect({ armed: false, clicksInARow: 3 })).toBe('nothing')
  })

  it('goes through the second time, by pointer and by keyboard', () => {
    expect(pressEffect({ armed: true, clicksInARow: 1 })).toBe('goes through')
    expect(pressEffect({ armed: true, clicksInARow: 0 })).toBe('goes through')
  })
})

describe('a key', () => {
  it('that is held down does not confirm what its first press asked', () => {
    expect(keyEffect({ armed: true, key: 'Enter', repeated: true })).toBe('holds back')
  })

  it('takes the first press back when it is Escape', () => {
    expect(keyEffect({ armed: true, key: 'Escape', repeated: false })).toBe('takes back')
  })

  it('is left alone when it is any other', () => {
    expect(keyEffect({ armed: false, key: 'Escape', repeated: false })).toBe('nothing')
    expect(keyEffect({ armed: true, key: 'Enter', repeated: false })).toBe('nothing')
    expect(keyEffect({ armed: true, key: 'Tab', repeated: false })).toBe('nothing')
  })
})
