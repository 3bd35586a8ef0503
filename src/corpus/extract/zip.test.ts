import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archive } from '../../../test/support/made-files.ts'
import { partOf, unzip } from './zip.ts'

test('the parts that are wanted, by their names as they stand', () => {
  const bytes = archive([
    { name: 'a/b.xml', content: 'one' },
    { name: '../c.xml', content: 'two' },
    { name: 'd.png', content: 'x' },
  ])
  const parts = unzip(bytes, (name) => name.endsWith('.xml'))
  assert.deepEqual(
    [...parts].map(([name, part]) => [name, Buffer.from(part).toString()]),
    [
      ['a/b.xml', 'one'],
      ['../c.xml', 'two'],
    ],
  )
})

test('A-162 more parts or bytes than any document has are refused, and nothing is inflated beyond what was declared', () => {
  const zeros = Buffer.alloc(101 * 1024 * 1024)
  const two = archive(['a', 'b'].map((name) => ({ name, content: zeros })))
  assert.throws(() => unzip(two, () => true), /more than 200 MiB/)
  assert.equal(unzip(two, (name) => name === 'a').size, 1)
  const lies = archive([{ name: 'a', content: zeros, size: 100 }])
  assert.equal(unzip(lies, () => true).get('a')?.byteLength, 100)
  const many = archive(Array.from({ length: 20_001 }, (_, at) => ({ name: `${at}`, content: '' })))
  assert.throws(() => unzip(many, () => false), /more than 20000 parts/)
})

test('a reference is the name of a part, and never leads out', () => {
  assert.equal(partOf('b.xml', 'a/x.xml'), 'a/b.xml')
  assert.equal(partOf('../b%20c.xml', 'a/d/x.xml'), 'a/b c.xml')
  assert.equal(partOf('/b.xml', 'a/x.xml'), 'b.xml')
  assert.equal(partOf('../../../../etc/passwd', 'a/x.xml'), 'etc/passwd')
  for (const reference of ['http://[', '%zz', '']) assert.ok(!partOf(reference, 'x.xml'), reference)
})
