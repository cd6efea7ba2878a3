import { describe, expect, it } from 'vitest'
import { answerToKey, answerToPress } from './use-double-check'

describe('a press', () => {
  it('does not go through the first time: it asks', () => {
    expect(answerToPress({ armed: false, clicksInARow: 1 })).toBe('asks')
  })

  it('does nothing as the second half of a double-click', () => {
    expect(answerToPress({ armed: true, clicksInARow: 2 })).toBe('nothing')
    expect(answerToPress({ armed: false, clicksInARow: 3 })).toBe('nothing')
  })

  it('goes through the second time, by pointer and by keyboard', () => {
    expect(answerToPress({ armed: true, clicksInARow: 1 })).toBe('goes through')
    expect(answerToPress({ armed: true, clicksInARow: 0 })).toBe('goes through')
  })
})

describe('a key', () => {
  it('held down does not confirm what its first press asked', () => {
    expect(answerToKey({ armed: true, key: 'Enter', repeated: true })).toBe('holds back')
  })

  it('takes the first press back when it is Escape', () => {
    expect(answerToKey({ armed: true, key: 'Escape', repeated: false })).toBe('takes back')
  })

  it('is left alone otherwise', () => {
    expect(answerToKey({ armed: false, key: 'Escape', repeated: false })).toBe('nothing')
    expect(answerToKey({ armed: true, key: 'Enter', repeated: false })).toBe('nothing')
    expect(answerToKey({ armed: true, key: 'Tab', repeated: false })).toBe('nothing')
  })
})
