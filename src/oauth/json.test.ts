import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseJsonObject } from './json.ts'
import { MemberFault } from './member-fault.ts'

const parse = (text: string | Uint8Array) => parseJsonObject(Buffer.from(text as string))

function refused(text: string | Uint8Array, why: RegExp): void {
  const fault = parse(text)
  assert.ok(fault instanceof MemberFault, `accepted: ${text}`)
  assert.match(fault.about('the body'), why)
}

test('A-001 what is no JSON (RFC 8259) is refused', () => {
  for (const text of [
    '{"a":1',
    '{"a":1,}',
    '{"a":1}{"a":1}',
    '{"a":NaN}',
    "{'a':1}",
    '{a:1}',
    '{"a":01}',
    '{"a":"\n"}',
    '{"a":"\\x"}',
    '{"a":1}\0',
    '{"a":.5}',
    '{"a":1} x',
    '{/**/}',
    '{"a":Infinity}',
    '{"a":undefined}',
  ]) {
    refused(text, /not valid JSON/)
  }
})

test('A-002 what is no object is refused, an empty body too', () => {
  for (const text of ['[]', '"x"', '1', 'null', 'true', '[{}]']) refused(text, /not a JSON object/)
  for (const text of ['', ' ', '\ufeff']) refused(text, /not valid JSON/)
})

test('A-006 RFC 8259 §4 "The names within an object SHOULD be unique": here they must be', () => {
  for (const text of [
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1,"\\u0061":2}',
    '{"a":{"b":1,"b":2}}',
    '{"a":[{"b":1},{"c":1,"c":2}]}',
    '{"__proto__":1,"__proto__":2}',
    '{"":1,"":2}',
    '{"a:":1, "a:" :2}',
    '{"1":1,"1":2}',
  ]) {
    refused(text, /two members with the same name/)
  }
  for (const text of [
    '{"a":1,"A":2}',
    '{"a":{"a":{"a":1}}}',
    '{"a":"b:c","b":"\\":,\\"a\\":1"}',
    '{"a\\\\":1,"a":"\\\\","b":[]}',
    '{"a\\":":1,"a":2}',
    '{"x":[{"a":1},{"a":1}]}',
  ]) {
    assert.deepEqual(parse(text), JSON.parse(text), text)
  }
})

test('A-007 depth is bounded, and no size or depth of nonsense takes long or breaks', () => {
  refused(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`, /nested deeper than 16/)
  refused(`{"a":${'['.repeat(16)}${']'.repeat(16)}}`, /nested deeper than 16/)
  assert.ok(!(parse(`{"a":${'['.repeat(15)}${']'.repeat(15)}}`) instanceof MemberFault))
  assert.ok(!(parse(`{"a":[${'[[]],{},'.repeat(20)}[]]}`) instanceof MemberFault))
  refused(`{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, /nested deeper/)
  refused('{"a":'.repeat(10_000), /not valid JSON/)
  refused(`{"a":"${'\\'.repeat(60_001)}"}`, /not valid JSON/)
  assert.ok(!(parse(`{"a":"${'\\'.repeat(60_000)}"}`) instanceof MemberFault))
  const many = `{${Array.from({ length: 5000 }, (_, index) => `"m${index}":0`).join(',')}}`
  assert.ok(!(parse(many) instanceof MemberFault))
})

test('A-007 a number beyond a double is refused, wherever it stands', () => {
  for (const text of [`{"a":${'9'.repeat(10_000)}}`, '{"a":1e999}', '{"a":[{"b":-1e999}]}']) {
    refused(text, /number that is out of range/)
  }
  assert.deepEqual(parse('{"a":-1.5e3}'), { a: -1500 })
})

test('A-008 RFC 8259 §8.1 "MUST be encoded using UTF-8": anything else is refused', () => {
  for (const bytes of [
    [0xff],
    [0xc0, 0xaf], // overlong
    [0xed, 0xa0, 0x80], // a surrogate
    [0xe2, 0x82], // cut off
    [0xf5, 0x80, 0x80, 0x80],
  ]) {
    refused(Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]), /not valid UTF-8/)
  }
  refused(Buffer.from('{"a":1}', 'utf16le'), /not valid JSON/)
  // RFC 8259 §8.1: parsers "MAY ignore the presence of a byte order mark".
  assert.deepEqual(parse('\ufeff{"a":1}'), { a: 1 })
})

test('A-008 RFC 7493 §2.1 a lone surrogate is refused, and a NUL', () => {
  for (const text of [
    '{"a":"\\ud800"}',
    '{"a":"\\udc00\\ud800"}',
    '{"\\ud800":1}',
    '{"a":[["x","\\uD834x"]]}',
    '{"a":"\\u0000"}',
    '{"\\u0000":1}',
    '{"a":{"b":{"c":"x\\u0000"}}}',
  ]) {
    refused(text, /NUL or half a surrogate pair/)
  }
  assert.deepEqual(parse('{"a":"\\ud834\\udd1e\\u30af"}'), { a: '𝄞ク' })
})

test('A-005 what would reach a prototype is refused at any depth, and the words themselves are not', () => {
  for (const text of [
    '{"__proto__":{"polluted":1}}',
    '{"__proto__":null}',
    '{"\\u005f_proto__":1}',
    '{"a":[{"b":{"__proto__":1}}]}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"a":{"constructor":{"x":1,"prototype":1}}}',
  ]) {
    refused(text, /reaches a prototype/)
  }
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
  const text = '{"a":"__proto__","constructor":"x","prototype":{"constructor":{}},"__proto__#fr":1}'
  assert.deepEqual(parse(text), JSON.parse(text))
})

test('every object that JSON.stringify writes reads back equal', () => {
  const value = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 5 }), {
    noNullPrototype: true,
  })
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2), (object, space) => {
      const text = JSON.stringify(object, null, space)
      const body = parse(text)
      if (body instanceof MemberFault) assert.match(body.text, /NUL|nested|prototype/)
      else assert.deepEqual(body, JSON.parse(text))
    }),
    { numRuns: 1000 },
  )
})

test('a member written twice is found, however deep and however spelled', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string(), { maxLength: 5 }), (name, path) => {
      const twice = `{${JSON.stringify(name)}:1,"x${name.length}y":[],${escaped(name)}:2}`
      const text = path.reduce((inner, step) => `{${JSON.stringify(step)}:[${inner}]}`, twice)
      const body = parse(text)
      assert.ok(body instanceof MemberFault)
    }),
    { numRuns: 500 },
  )
})

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) =>
    text.charCodeAt(at).toString(16).padStart(4, '0'),
  )
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`
}

test('A-005 "constructor" is a word like others where it holds no prototype, whatever it holds', () => {
  for (const text of [
    '{"constructor":null}',
    '{"constructor":"prototype"}',
    '{"constructor":1}',
    '{"constructor":["prototype"]}',
    '{"constructor":{}}',
    '{"other":{"prototype":1}}',
  ]) {
    assert.deepEqual(parse(text), JSON.parse(text), text)
  }
})

test('A-008 RFC 7493 §2.1 half a pair is found in lists, in members beside good ones, and in names; escapes of good text are good', () => {
  for (const text of [
    '{"a":["x","\\ud800"]}',
    '{"a":"x","b":"\\u0000"}',
    '{"b":{"c":1,"\\udc00":1}}',
    '{"a":[{"b":"\\ud800"}]}',
  ]) {
    refused(text, /half a surrogate pair/)
  }
  assert.deepEqual(parse('{"a":"\\ud83d\\ude00","b":[null,1,true,{"c":"\\u00e9"}]}'), {
    a: '😀',
    b: [null, 1, true, { c: 'é' }],
  })
})
