import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from './encoding.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

test('UTF-8, with or without its byte order mark', () => {
  assert.equal(decode(Buffer.from('grün')), 'grün')
  assert.equal(decode(Buffer.from('\uFEFFgrün')), 'grün')
})

test('UTF-16 by its byte order mark, in both orders', () => {
  assert.equal(decode(bytes(0xff, 0xfe, 0x67, 0x00, 0xfc, 0x00)), 'gü')
  assert.equal(decode(bytes(0xfe, 0xff, 0x00, 0x67, 0x00, 0xfc)), 'gü')
})

test('what is not UTF-8 is read as it says itself, else as Windows-1252', () => {
  assert.equal(decode(Buffer.from('caf\u00e9', 'latin1')), 'café')
  const cyrillic = Buffer.concat([Buffer.from('<meta charset="windows-1251">'), bytes(0xec, 0xe8, 0xf0)])
  assert.equal(decode(cyrillic), '<meta charset="windows-1251">мир')
  const unknown = Buffer.concat([Buffer.from('<meta charset="no-such">'), bytes(0xe9)])
  assert.equal(decode(unknown), '<meta charset="no-such">é')
})

test('bytes with a NUL are no text', () => {
  assert.equal(decode(bytes(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0)), undefined)
  assert.equal(decode(bytes(0x61, 0x00, 0x62)), undefined)
})

/** The text in the encoding, made by turning its decoder round. */
function encode(text: string, encoding: string): Uint8Array {
  const decoder = new TextDecoder(encoding)
  const codes = new Map<string, number[]>()
  for (let first = 0; first < 256; first++) {
    const one = decoder.decode(bytes(first))
    if (!codes.has(one)) codes.set(one, [first])
    if (first < 0x80 || !/jp|jis|gb|big|kr/.test(encoding)) continue
    for (let second = 0x40; second < 0xff; second++) {
      const two = decoder.decode(bytes(first, second))
      if (!codes.has(two)) codes.set(two, [first, second])
    }
  }
  return Uint8Array.from(
    [...text].flatMap((letter) => codes.get(letter) ?? assert.fail(`${letter} in ${encoding}`)),
  )
}

for (const [encodings, text] of [
  ['windows-1252', 'Der Wärter zählt täglich die Möwen und grüßt höflich.'],
  ['windows-1252', 'Le gardien répète : « où est l’œuvre ? », ça coûte 3 €.'],
  ['windows-1252', 'El niño mañoso cumplió años; ¿qué más pasó aquí?'],
  ['windows-1252', 'La città è più bella, però non so perché.'],
  ['windows-1252', 'Það er ekki gott að segja hvað þýðir þessi ágæta vísa.'],
  ['windows-1250 iso-8859-2', 'Latarnik wieczór zapalał światło; łódź wracała później.'],
  ['windows-1250 iso-8859-2', 'Příliš žluťoučký kůň úpěl ďábelské ódy.'],
  ['windows-1250', 'Az őrző minden este fényt gyújt, és a tűz mellett ül.'],
  ['windows-1254', 'Fener bekçisi her akşam ışığı yakar, denize açılan kayıkları sayar.'],
  ['windows-1251 koi8-r', 'Смотритель маяка каждый вечер наливает масло в лампу.'],
  ['windows-1253', 'Ο φύλακας του φάρου ανάβει κάθε βράδυ το φως.'],
  ['windows-1255', 'שומר המגדלור מדליק את האור בכל ערב ומביט אל הים'],
  ['windows-1256', 'يشعل حارس المنارة الضوء كل مساء وينظر إلى البحر'],
  ['windows-874', 'ผู้ดูแลประภาคารจุดไฟทุกเย็นและมองออกไปที่ทะเล'],
  ['shift_jis euc-jp', '灯台守は毎晩ランプに油を注ぎます。三十年も働いています。'],
  ['gb18030', '灯塔的看守人每天晚上都要给灯加油，他在这里已经工作了三十年。'],
  ['big5', '燈塔的看守人每天晚上都要給燈加油，他在這裡已經工作了三十年。'],
  ['euc-kr', '등대지기는 매일 밤 등불에 기름을 붓는다. 그는 섬에서 일했다.'],
] as const) {
  for (const encoding of encodings.split(' ')) {
    test(`${encoding} is known by its look: ${text.slice(0, 20)}`, () => {
      assert.equal(decode(encode(text, encoding)), text)
    })
  }
}

test('what is judged begins where ASCII ends', () => {
  const code = 'const price = 3 // in '.repeat(5000)
  const russian = `${code}Смотритель маяка каждый вечер наливает масло.`
  assert.equal(decode(encode(russian, 'windows-1251')), russian)
})

test('one letter beyond ASCII in a page of code is Windows-1252', () => {
  const code = 'const price = 3 // in '.repeat(40)
  for (const letter of ['€', 'é', '°', '©', 'ß']) {
    assert.equal(decode(encode(`${code}${letter}`, 'windows-1252')), `${code}${letter}`)
  }
})

test('Japanese mail in seven bits is known by its escapes', () => {
  assert.equal(decode(Buffer.from('\u001b$BEtBf\u001b(B')), '灯台')
})

test('two bytes a character without a mark are known by where their zeros are', () => {
  const text = 'The keeper trims the wick at dusk.'
  assert.equal(decode(Buffer.from(text, 'utf16le')), text)
  assert.equal(decode(Buffer.from(text, 'utf16le').swap16()), text)
  assert.equal(decode(Buffer.from('abc', 'utf16le')), undefined)
})
