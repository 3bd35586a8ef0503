/** What a group holds whose first word this is: the names of fonts, the title, an item's mark, a note; else no text. */
export type RtfGroup = 'text' | 'skipped' | 'fonts' | 'title' | 'mark' | 'note'

const SKIPPED =
  'colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf ftnsep ftnsepc aftnsep ' +
  'aftnsepc fldinst xe tc nonshppict shprslt sp objdata annotation atnid atnauthor listtable revtbl pgdsctbl fontemb'

export const GROUPS: ReadonlyMap<string, RtfGroup> = new Map<string, RtfGroup>([
  ...SKIPPED.split(' ').map((word): [string, RtfGroup] => [word, 'skipped']),
  ['fonttbl', 'fonts'],
  ['title', 'title'],
  ['listtext', 'mark'],
  ['pntext', 'mark'],
  ['footnote', 'note'],
])

/** Groups that say that a reader may leave them out (`\*`), and hold text nevertheless. */
export const READ_NEVERTHELESS: ReadonlySet<string> = new Set(['shpinst', 'shptxt'])

/** Words and symbols that stand for characters. */
export const CHARACTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ tab: ' ', line: ' ', emspace: ' ', enspace: ' ', nestrow: ' ', nestcell: ' | ', bullet: '•' },
    ...{ emdash: '—', endash: '–', lquote: '‘', rquote: '’', ldblquote: '“', rdblquote: '”' },
    ...{ '~': '\u00A0', _: '\u2011', '-': '\u00AD', '\\': '\\', '{': '{', '}': '}' },
  }),
)

const numbered = (table: string): ReadonlyMap<number, string> =>
  new Map(table.split(' ').map((row) => [Number.parseInt(row, 10), row.slice(row.indexOf(':') + 1)]))

/** The encoding of a font, by its `\fcharset`. */
export const CHARSETS: ReadonlyMap<number, string> = numbered(
  '77:macintosh 128:shift_jis 129:euc-kr 134:gb18030 136:big5 161:windows-1253 162:windows-1254 163:windows-1258 ' +
    '177:windows-1255 178:windows-1256 186:windows-1257 204:windows-1251 222:windows-874 238:windows-1250',
)

const CODE_PAGES = numbered(
  '866:ibm866 874:windows-874 932:shift_jis 936:gb18030 949:euc-kr 950:big5 10000:macintosh 65001:utf-8',
)

/** The encoding of a Windows code page (`\ansicpg`); Windows-1252 for those that nobody decodes. */
export function encodingOf(page: number): string {
  return CODE_PAGES.get(page) ?? (page >= 1250 && page <= 1258 ? `windows-${page}` : 'windows-1252')
}
