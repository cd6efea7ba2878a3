import { describe, expect, test } from 'vitest'
import { isCommonPassword } from './common-passwords'

const words = ['latchkey', 'accounts.example.com', 'Ada Lovelace', 'ada.lovelace@example.com']

describe('a password is refused', () => {
  const common = ['password', 'PASSWORD', 'password1', '12345678', 'qwertyuiop', 'iloveyou']
  test.each(common)('when it is one of the commonest: %s', (password) => {
    expect(isCommonPassword(password, [])).toBe(true)
  })

  test('when it is a common one in full-width letters', () => {
    expect(isCommonPassword('ｐａｓｓｗｏｒｄ', [])).toBe(true)
  })

  const belonging = [
    'latchkey',
    'Latchkey2024!',
    '1815Lovelace',
    'AdaLovelace99',
    'ada.lovelace',
    'example123',
    'ada.lovelace@example.com',
  ]
  test.each(belonging)(
    'when it is a word of the site or the person with digits and signs: %s',
    (password) => {
      expect(isCommonPassword(password, words)).toBe(true)
    },
  )
})

const carol = [
  'latchkey',
  'accounts.example.com',
  'Carol Anne Müller-Smith',
  'carol.ms@example.com',
]

describe('a password of words of the site and the person is refused', () => {
  const refused = {
    repeated: ['carolcarol', 'CAROLcarolCarol', 'anneanneanne', 'exampleexample'],
    'glued together in any order': ['CarolExample', 'latchkeycarol', 'SmithAnneCarol', 'annecarol'],
    'with something between them': [
      'carol-smith-carol',
      'carol smith',
      'Carol_Anne',
      'c.a.r.o.l.1',
    ],
    'with something around them': [
      'latchkeycarol1',
      '!!carolcarol!!',
      '1998CarolAnne',
      'carol@1234',
    ],
    'as the e-mail address has them': ['carol.ms@example.com', 'carolms2024', 'example.com99'],
    'without their accents, or with them': ['mullermuller', 'MÜLLER2024', 'mu\u0308ller-carol'],
    'in full-width letters': ['ｃａｒｏｌｃａｒｏｌ'],
  }
  const cases = Object.entries(refused).flatMap(([how, texts]) => texts.map((text) => [how, text]))
  test.each(cases)('when they are %s: %s', (_, password) => {
    expect(isCommonPassword(password, carol)).toBe(true)
  })

  test('when they are short, but repeated or glued', () => {
    for (const password of ['adaada99', 'AdaAdaAda', 'lovelaceada']) {
      expect(isCommonPassword(password, words)).toBe(true)
    }
  })

  test('when they are of a script that has few letters in a name', () => {
    expect(isCommonPassword('王小明王小明12', ['王小明'])).toBe(true)
  })

  test('when the host of the address has other letters than ASCII', () => {
    for (const host of ['bücher.example', 'xn--bcher-kva.example', 'XN--BCHER-KVA.example']) {
      for (const password of ['bücherbücher', 'bucherbucher', 'BuecherExample', 'bücher.example']) {
        expect(isCommonPassword(password, [`ann@${host}`])).toBe(true)
      }
    }
    expect(isCommonPassword('xn--bcher-kva', ['ann@xn--bcher-kva.example'])).toBe(true)
    expect(isCommonPassword('lantern lantern', ['ann@xn--99999999999.example'])).toBe(false)
  })

  const short: [password: string, name: string][] = [
    ['王芳王芳王芳王芳', '王芳'],
    ['王芳王芳王芳12', '王芳'],
    ['bobobobo', 'Bo'],
    ['Bo-bo-bo-bo!', 'Bo'],
    ['bobobobo1', 'Bo'],
    ['bo1bo2bo3bo4', 'Bo'],
    ['jojojojo', 'Jo Li'],
    ['joliJOLI', 'Jo Li'],
    ['lijoexample', 'Jo Li'],
    ['ye\u0302\u0301ye\u0302\u0301ye\u0302\u0301ye\u0302\u0301', 'Yế'],
  ]
  test.each(short)(
    'when they are of two characters and most of it: %s for %s',
    (password, name) => {
      expect(isCommonPassword(password, [...words, name])).toBe(true)
    },
  )

  const numbered: [password: string, email: string][] = [
    ['20001234', '20001234@example.com'],
    ['2000123420001234', '20001234@example.com'],
    ['2000-1234', '20001234@example.com'],
    ['20001234example', '20001234@example.com'],
    ['２０００１２３４', '20001234@example.com'],
    ['ann20001', 'ann20001@example.com'],
    ['20001234', '2000.1234@example.com'],
  ]
  test.each(numbered)('when they are digits of the address: %s for %s', (password, email) => {
    expect(isCommonPassword(password, ['latchkey', email])).toBe(true)
  })

  const spelled: [name: string, ...passwords: string[]][] = [
    ['Søren', 'sorensoren', 'soerensoeren', 'SØRENsøren', 'SorenSoeren', 'so\u0308renso\u0308ren'],
    ['Soeren', 'sørensøren', 'sörensören'],
    ['Łukasz', 'lukaszlukasz', 'ŁUKASZ2024'],
    ['Strauß', 'straussstrauss', 'STRAUSSstrauß', 'STRAUẞ2024'],
    ['Bjørn Æbelø', 'aebelobjorn', 'aebeloebjoern'],
    ['Cœur', 'coeurcoeur'],
    ['Đoković', 'dokovicdokovic', 'djokovicdjokovic'],
    ['Guðrún Þórsdóttir', 'gudrungudrun', 'thorsdottir'],
    ['Yıldız', 'yildizyildiz', 'YILDIZYILDIZ'],
    ['Ħamrun', 'hamrunhamrun'],
    ['Håkan', 'hakanhakan', 'haakanhaakan', 'håkanhåkan'],
    ['Jäger Köhler Müller', 'jagerjager', 'jaegerkoehler', 'MuellerMuller', 'ko\u0308hlerköhler'],
    ['Νίκος', 'ΝΙΚΟΣΝΙΚΟΣ', 'νίκοςνίκος'],
  ]
  const spellings = spelled.flatMap(([name, ...texts]) => texts.map((text) => [text, name]))
  test.each(spellings)('however its letters are spelled: %s for %s', (password, name) => {
    expect(isCommonPassword(password, [name])).toBe(true)
  })

  test('without long thought when they fit in many ways', () => {
    const ambiguous = ['aaa', 'aaaa', 'aaaaa', 'aaa aaaa aaaaa aaaaaa']
    expect(isCommonPassword(`${'a'.repeat(255)}b`, ambiguous)).toBe(false)
    expect(isCommonPassword('a'.repeat(256), ambiguous)).toBe(true)
    const pairs = ['ab', 'ba', 'aab', 'öö aa bb ab ba'.repeat(18)]
    expect(isCommonPassword(`${'ab'.repeat(127)}bc`, pairs)).toBe(false)
  })
})

describe('a password is accepted', () => {
  const good = [
    'seven green lanterns',
    'aaaaaaaaaaaaaaab',
    ' '.repeat(15),
    '😀😀😀😀😀😀😀😀',
    'latchkey and a lantern',
    'Lovelace owned an engine',
    'ada lovelaces engine',
    '-1815-1852-1843-',
    '0123-4567-89ab-cdef',
  ]
  test.each(good)('without rules of composition: "%s"', (password) => {
    expect(isCommonPassword(password, words)).toBe(false)
  })

  const more: [password: string, name: string][] = [
    ['bo-1815-1852-bo', 'Bo'],
    ['Bo %&$/()=? Bo', 'Bo'],
    ['bobobobsled', 'Bo'],
    ['jolijolly', 'Jo Li'],
    ['jjllllllj', 'J L Smith'],
    ['𠮷𠮷𠮷𠮷', '𠮷 Smith'],
    ['20001235', '20001234@example.com'],
    ['2000123456', '20001234@example.com'],
    ['Sørens boat', 'Søren'],
    ['王芳的红灯笼', '王芳'],
  ]
  test.each(more)('when it has more than words of the person: %s for %s', (password, name) => {
    expect(isCommonPassword(password, [...words, name])).toBe(false)
  })

  test('when the word that it contains is too short to bar', () => {
    expect(isCommonPassword('Ada-1815-1852', ['Ada'])).toBe(false)
  })
})
