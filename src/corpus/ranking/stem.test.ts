import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { stem } from './stem.ts'

/** SQLite's implementation of the same algorithm. */
function reference(words: readonly string[]): string[] {
  const database = new DatabaseSync(':memory:')
  database.exec("create virtual table words using fts5 (word, tokenize='porter ascii')")
  database.exec('create virtual table terms using fts5vocab (words, instance)')
  const insert = database.prepare('insert into words (rowid, word) values (?, ?)')
  for (const [index, word] of words.entries()) insert.run(index + 1, word)
  const rows = database.prepare('select term from terms order by doc').all()
  database.close()
  return rows.map(({ term }) => String(term))
}

test('English words lose their inflections as in the algorithm that SQLite has', () => {
  const beginning = fc.stringMatching(/^[b-z]{1,3}[aeiouy]{0,2}[a-z]{0,4}$/)
  const ending = fc.constantFrom(
    ...[
      '',
      's',
      'es',
      'ies',
      'sses',
      'ss',
      'ed',
      'eed',
      'ing',
      'y',
      'ly',
      'ational',
      'tional',
      'enci',
      'anci',
      'izer',
    ],
    ...[
      'abli',
      'alli',
      'entli',
      'eli',
      'ousli',
      'ization',
      'ation',
      'ator',
      'alism',
      'iveness',
      'fulness',
      'ousness',
    ],
    ...[
      'aliti',
      'iviti',
      'biliti',
      'icate',
      'ative',
      'alize',
      'iciti',
      'ical',
      'ful',
      'ness',
      'al',
      'ance',
      'ence',
      'er',
    ],
    ...[
      'ic',
      'able',
      'ible',
      'ant',
      'ement',
      'ment',
      'ent',
      'sion',
      'tion',
      'ion',
      'ou',
      'ism',
      'ate',
      'iti',
      'ous',
      'ive',
    ],
    ...['ize', 'e', 'll', 'lle', 'lying', 'tted', 'ssing', 'zzed', 'bled', 'ated'],
  )
  const word = fc
    .tuple(beginning, ending, fc.constantFrom('', '', 's', 'ed', 'ing'))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 200 }), (words) => {
      // Of two y SQLite takes both for consonants, and `eed` for a word in -ed; no English word has or is them.
      const long = words.filter((one) => one.length > 2 && one.length < 20 && !/yy|^eeds?$/.test(one))
      const stems = reference(long)
      for (const [index, one] of long.entries()) assert.equal(stem(one), stems[index], one)
    }),
  )
})

test('words of other letters, numbers and very long ones stay as they are', () => {
  for (const word of ['größeres', 'кошки', '1990s', 'as', 'a'.repeat(60), '']) assert.equal(stem(word), word)
})
