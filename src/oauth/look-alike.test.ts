import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { looks, mixedWord, runTogether, skeleton } from './look-alike.ts'

test('UTS 39 letters that look like Latin ones fold to them, in either case', () => {
  const likeChatGPT = [
    'СhаtGРТ',
    'ϹΗΑΤGΡΤ',
    'ＣｈａｔＧＰＴ',
    '𝐂𝐡𝐚𝐭𝐆𝐏𝐓',
    '𝓒𝓱𝓪𝓽𝓖𝓟𝓣',
    'ⒸⒽⒶⓉⒼⓅⓉ',
    '🅒🅗🅐🅣🅖🅟🅣',
    '🅲🅷🅰🆃🅶🅿🆃',
    '🇨🇭🇦🇹🇬🇵🇹',
    'Ch4tGP7',
    'C\u200bh\u2060a\ufefft\u00adGPT',
    'Çhàţǧṗt',
    'ᴄʜᴀᴛɢᴘᴛ',
    'ᏟhatᏀᏢᎢ',
  ]
  for (const text of likeChatGPT) assert.equal(skeleton(text), skeleton('ChatGPT'), text)
})

test('UTS 39 one stroke is one letter, and pairs run together', () => {
  for (const text of ['CIaude', 'C1aude', 'C|aude', 'Ciaude', 'Сӏаudе', 'CLAUDE', 'daude', 'ⅭⅬaude']) {
    assert.equal(skeleton(text), skeleton('Claude'), text)
  }
  assert.equal(skeleton('rnistral'), skeleton('Mistral'))
  assert.equal(skeleton('VVarp'), skeleton('Warp'))
})

test('other texts stay apart', () => {
  const names = [
    'ChatGPT',
    'Claude',
    'Cursor',
    'Grok',
    'Perplexity',
    'Warp',
    'Raycast',
    'Привет',
    '日本語',
    'مرحبا',
  ]
  assert.equal(new Set(names.map(skeleton)).size, names.length)
  assert.equal(skeleton('日本語'), '日本語')
})

test('scripts mixed in one word are found, in several words they are not', () => {
  for (const [text, word] of [
    ['Сlaude', 'Сlaude'],
    ['My Clаude Code', 'Clаude'],
    ['Grοk', 'Grοk'],
    ['ChatGРТ', 'ChatGРТ'],
    ['a\u200bа', 'aа'],
    ['Ꮯlaude', 'Ꮯlaude'],
    ['Clauդե', 'Clauդե'],
    ['aאb', 'aאb'],
    ['aกb', 'aกb'],
    ['日本Кб', '日本Кб'],
  ] as const) {
    assert.equal(mixedWord(text), word, text)
  }
  for (const text of [
    'Привет Notes',
    'Claude для заметок',
    'Ελληνικά Notes',
    'Claude日本語',
    'ノートNotes',
    '한국어Notes漢字',
    'ㄅㄆ注音 Notes',
    'Café Zoë naïve Ångström',
    'مستندات Notes',
    'नोट्स',
    'บันทึก',
    'x² + y³, 10 µm, №5',
    'Notes 😀 👩‍💻',
    '',
  ]) {
    assert.equal(mixedWord(text), undefined, text)
  }
})

test('any text has a skeleton, which is its own, and is made of those of its parts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      const folded = skeleton(a)
      assert.equal(typeof folded, 'string')
      assert.equal(skeleton(a.normalize('NFC')), skeleton(a.normalize('NFD')))
      assert.equal(runTogether(looks(b)), skeleton(b))
      mixedWord(a + b)
    }),
    { numRuns: 2000 },
  )
})

test('UTS 39 each Latin letter has its look-alikes', () => {
  const alike = {
    a: 'а',
    b: 'В',
    c: 'с',
    d: 'ԁ',
    e: 'е',
    f: 'ꜰ',
    g: 'ɡ',
    h: 'һ',
    k: 'К',
    l: 'ӏ',
    m: 'М',
    n: 'П',
    o: 'о',
    p: 'р',
    q: 'ԛ',
    r: 'Г',
    s: 'Ѕ',
    t: 'Т',
    u: 'ս',
    v: 'ѵ',
    w: 'ԝ',
    x: 'Х',
    y: 'У',
    z: 'Ζ',
  }
  for (const [latin, other] of Object.entries(alike)) assert.equal(skeleton(other), latin, other)
})

test('UTS 39 letters in circles and squares end with the twenty-sixth', () => {
  assert.equal(skeleton('\u{1f189}'), 'z')
  assert.equal(skeleton('\u{1f18a}'), '\u{1f18a}')
})

test('UTS 39 §5.2 scripts of one language go together in one word, scripts of two do not', () => {
  for (const word of ['Notesひらカタ日本', 'Notes注音ㄅ', 'Notes漢字한국']) {
    assert.equal(mixedWord(word), undefined, word)
  }
  for (const word of ['אا', 'اก', 'աა', 'ひ한', 'ㄅひ', 'αа']) assert.equal(mixedWord(word), word)
})

test('UTS 39 a capital whose small letter is a look-alike is one too', () => {
  assert.equal(skeleton('\ua7ac'), 'g')
})
