/** Files of every format that is read, as other programs wrote them (test/data/corpus/formats/README.md says which). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { indexed, testFolder } from './folder.ts'
import { checkRow, copyOf, filesOf, type Row } from './formats-table.ts'

const FILES = new URL('../data/corpus/formats/', import.meta.url)
/** How the files were made is none of them. */
const MAKING: readonly string[] = ['README.md', 'make.py', 'make.sh']

const OCR = 'let a program for text recognition (OCR) go over it'
/** Without the package that knows them (formats-character-maps.test.ts). */
const NO_MAPS = `its fonts do not say which characters they show: ${OCR}, or npm install pdfjs-dist if it is Chinese, Japanese or Korean`
const ENCRYPTED = 'it is encrypted: save a copy without a password'

const STORES = (item: string) => [`- barrel of ${item}\n- coil of rope`, `Item | Count\n${item} | twelve`]
/** Lines as they are, which the sentence of a row is compared without. */
const lines = (text: string) => new RegExp(text.replace(/[|.*+?()[\]\\^$]/g, '\\$&'))
const stores = (item: string) => STORES(item).map(lines)

const MARKUP: Row[] = [
  {
    ...{ file: 'markup/pandoc.md', says: 'Keep the white daymark open of the green beacon.' },
    ...{ title: 'Pilotage', heading: 'Approach', holds: ['author: Nell Cordage', 'verdant ink'] },
  },
  {
    ...{ file: 'markup/pandoc.html', says: 'The lead brought up grey sand and broken shells.' },
    ...{ title: 'Soundings', holds: [...stores('tallow'), '- Entered by the purser in amber ink.'] },
    lacks: [/↩|font-family|<\w/],
  },
  {
    ...{ file: 'markup/libreoffice.html', says: 'Number one canvas for the storm trysail.' },
    ...{
      title: 'Sail loft',
      holds: [/^#+ Canvas$/m, ...stores('beeswax'), 'pearl ink'],
      lacks: [/<\w|@page/],
    },
  },
  { file: 'markup/pandoc.rst', says: 'Good holding in stiff blue clay.', title: 'Anchorage' },
  { file: 'markup/pandoc.org', says: 'The race runs hardest two hours after high water.', title: 'Currents' },
  { file: 'markup/pandoc.adoc', says: 'The trade wind holds steady until the equinox.', title: 'Winds' },
  { file: 'markup/pandoc.tex', says: 'A falling glass foretells the southerly gale.', title: 'pandoc' },
  { file: 'markup/pandoc.txt', says: 'Salt pork and dried peas on alternate days.', title: 'pandoc' },
]

const OFFICE: Row[] = [
  {
    ...{ file: 'word/pandoc.docx', says: 'The lower shrouds were set up with new lanyards.' },
    ...{ title: 'Rigging' },
    ...{
      holds: [
        /^#+ Shrouds$/m,
        /^## Stores$/m,
        ...stores('marline'),
        '- Entered by the purser in scarlet ink.',
      ],
      lacks: [/↑/],
    },
  },
  {
    ...{ file: 'word/libreoffice.docx', says: 'The slipway was greased with soft soap.' },
    ...{ title: 'Dockyard', holds: [/^#+ Slipway$/m, ...stores('soft soap'), 'black ink'] },
  },
  {
    ...{ file: 'word/python-docx.docx', says: 'The ferry leaves at high tide from the northern quay.' },
    ...{ title: 'Harbour report', heading: 'Tides' },
    holds: [/^## Lamps$/m, lines('- whale oil\n- paraffin'), lines('Berth | Depth\nNorth | nine metres')],
  },
  { file: 'word/password.docx', reason: ENCRYPTED },
  {
    file: 'word/libreoffice.doc',
    reason: 'the old Word format is not read: save it as DOCX or PDF',
  },
  {
    ...{ file: 'powerpoint/pandoc.pptx', says: 'Every hand is to muster by the capstan.' },
    ...{ title: 'Muster', holds: [/^#+ Crew$/m, 'Read out the absentee list.'] },
  },
  {
    ...{ file: 'powerpoint/libreoffice.pptx', says: 'Time it with the sandglass.' },
    ...{
      title: 'Drill',
      holds: [/^#+ Boats$/m, 'Lower the gig on the leeward side.'],
      lacks: [/number/],
    },
  },
  {
    ...{ file: 'powerpoint/python-pptx.pptx', says: 'seaward | verdigris' },
    ...{ title: 'Plan of the lighthouse', page: 2, heading: 'Railing' },
    holds: [
      'Replace the lamp before winter.',
      'Mention the fog horn budget.',
      lines('## Railing\nSide | Paint\nseaward | verdigris'),
    ],
  },
  {
    ...{ file: 'excel/openpyxl.xlsx', says: 'Albatross | seventeen herring | 2026-03-04 | TRUE' },
    ...{ title: 'Catch of the spring', page: 1, heading: 'Catch' },
    holds: ['Petrel | four halibut | 2026-03-04 10:30 | FALSE', lines('## Crew\n\nCaptain | Marlow')],
  },
  {
    ...{ file: 'excel/xlsxwriter.xlsx', says: 'cardinal yellow | 2026-03-04 10:30' },
    ...{ page: 1, heading: 'Buoys', holds: ['bell buoy', 'half sunken', 'third column'], lacks: [/&/] },
  },
  { file: 'excel/libreoffice.xlsx', says: 'Trieste | coffee sacks | 2026-03-04', heading: 'cargo' },
  { file: 'excel/password.xlsx', reason: ENCRYPTED },
  {
    file: 'excel/libreoffice.xls',
    reason: 'the old Excel format is not read: save it as XLSX or CSV',
  },
  {
    ...{ file: 'opendocument/pandoc.odt', says: 'Forty tons of shingle ballast lie in the hold.' },
    ...{
      title: 'Ballast',
      holds: [/^#+ Shingle$/m, ...stores('sandbags'), /^Entered by the purser in indigo/m],
    },
  },
  {
    ...{ file: 'opendocument/libreoffice.odt', says: 'The bell was cast from captured cannon.' },
    ...{
      title: 'Foundry',
      holds: [/^#+ Bells$/m, ...stores('bronze'), /^Entered by the purser in copper/m],
    },
  },
  {
    ...{ file: 'opendocument/odfpy.odt', says: 'The rope store is under the chapel' },
    ...{ heading: 'Moorings', holds: [/^The key hangs behind the organ\.$/m, /^- tarred twine$/m] },
  },
  {
    ...{ file: 'opendocument/libreoffice.ods', says: 'Gdynia | pit props | 2026-03-04' },
    ...{ heading: 'cargo', holds: ['Riga | flax bales | 2026-03-09'] },
  },
  {
    file: 'opendocument/odfpy.ods',
    says: 'stud link | ninety shackles',
    holds: [lines('## Chains\n\nstud link')],
  },
  {
    ...{ file: 'opendocument/libreoffice.odp', says: 'Hoist the yellow flag for quarantine.' },
    ...{ title: 'Signals', holds: [/^#+ Flags$/m, 'Ask the surgeon first.'], lacks: [/number/] },
  },
  { file: 'opendocument/odfpy.odp', says: 'Signals by semaphore arm' },
]

const PAGES: Row[] = [
  {
    ...{ file: 'pdf/pdftex.pdf', says: 'The dip of the horizon is read from Bünting’s table.' },
    ...{
      title: 'Sextant',
      page: 3,
      holds: ['unmistakable circumnavigation of Madagascar', 'the altitude of Fomalhaut off the cliff.'],
    },
  },
  {
    file: 'pdf/libreoffice.pdf',
    says: 'Three strands are laid up right-handed.',
    title: 'Ropewalk',
    page: 1,
  },
  {
    ...{ file: 'pdf/chromium.pdf', says: 'Его слышно за семь миль от берега.' },
    ...{ title: 'Foghorn', holds: ['The foghorn sounds a blast every ninety seconds.'] },
  },
  {
    ...{ file: 'pdf/reportlab.pdf', says: 'On the third the biscuit ran out.' },
    ...{ title: 'Ship log', page: 3, holds: ['The anchor was lost near the southern reef.'] },
  },
  {
    file: 'pdf/pypdf.pdf',
    says: 'The extract tells of a seal that slept on the buoy.',
    title: 'Extract of the log',
    page: 1,
  },
  { file: 'pdf/owner-password.pdf', says: 'The customs list may be read but not printed.' },
  { file: 'pdf/password.pdf', reason: ENCRYPTED },
  { file: 'pdf/scan.pdf', reason: `it holds pictures of text only: ${OCR}` },
  { file: 'pdf/reportlab-chinese.pdf', reason: NO_MAPS },
  { file: 'pdf/reportlab-japanese.pdf', reason: NO_MAPS },
  { file: 'pdf/reportlab-korean.pdf', reason: NO_MAPS },
  {
    ...{ file: 'book/ebooklib.epub', says: 'The storm took the mizzen mast.', title: 'Sea tales' },
    ...{ holds: [/^#+ Chapter 1$/m, /At dawn the island appeared\.[\s\S]*The storm took/] },
  },
  {
    ...{ file: 'book/pandoc-2.epub', says: 'We weighed anchor before the church bells.', title: 'Voyage' },
    ...{ holds: [...stores('candles'), 'cobalt ink'] },
  },
  {
    ...{ file: 'book/pandoc-3.epub', says: 'Landfall was made under a sickle moon.', title: 'Return' },
    ...{ holds: [...stores('matches'), 'russet ink'] },
  },
]

const MAIL: Row[] = [
  {
    ...{ file: 'mail/multipart.eml', says: 'Der Schlüssel liegt unter der Matte am Leuchtturm.' },
    title: 'Übergabe der Schlüssel',
    holds: [
      'From: Anna Brandt <anna@example.com>',
      'To: Bo Lind <bo@example.com>',
      'Date: 2026-03-04T09:30:00.000Z',
      'Attached: Liste für März.csv',
    ],
  },
  { file: 'mail/base64.eml', says: '夜の霧笛は遠くまで聞こえる。', title: '灯台' },
  {
    ...{ file: 'mail/html-only.eml', says: 'Found it behind the barometer.', title: 'Re: keys' },
    lacks: [/tracking pixel/],
  },
  { file: 'mail/latin1.eml', says: 'Rendez-vous au café près de la jetée.', title: 'Café' },
  {
    ...{
      file: 'mail/forwarded.eml',
      says: 'The pilot boards two miles off the bar.',
      title: 'Fwd: the pilot',
    },
    ...{ holds: [/^#+ The pilot$/m, 'See below.', 'From: Pilot <pilot@example.com>'] },
  },
  {
    ...{ file: 'mail/mailbox.mbox', says: 'From the crow’s nest nothing but ice.' },
    ...{
      holds: [
        /^#+ Middle watch$/m,
        /^## First watch$/m,
        /^## Morning watch$/m,
        /^The albatross followed us/m,
      ],
      lacks: [/^>/m],
    },
  },
]

const REST: Row[] = [
  {
    ...{ file: 'notebook/pandoc.ipynb', says: 'Harmonic constants of the estuary.', title: 'Tide tables' },
    holds: [lines('```\namplitude = 4.2\n```')],
  },
  {
    ...{ file: 'rtf/pandoc.rtf', says: 'Oakum is driven into the seams — “well” and then payed with pitch.' },
    holds: [/^# Seams$/m, ...stores('oakum'), /^Entered by the purser in magenta ink\.$/m],
  },
  {
    ...{ file: 'rtf/libreoffice.rtf', says: 'The chandler owes for nineteen fenders.', title: 'Chandlery' },
    holds: [/^# Ledger$/m, ...stores('fenders'), /^Entered by the purser in silver ink\.$/m],
  },
]

const ENCODED: Row[] = [
  ['utf-8', 'Le gardien d’Ouessant écoute la houle.'],
  ['utf-8-bom', 'Der Wärter auf Rügen hört das Nebelhorn.'],
  ['utf-16le', 'The keeper of Ushant trims the wick at dusk and again at midnight.'],
  ['utf-16be', 'The keeper of Fastnet polishes the lens with vinegar and chalk.'],
  ['utf-16le-bom', 'Der Wärter auf Helgoland zählt die Möwen.'],
  ['utf-16be-bom', 'Der Wärter auf Fehmarn füttert die Brieftauben.'],
  ['latin-1', 'Le gardien de la tour connaît déjà chaque écueil de la côte.'],
  ['windows-1252', 'Le phare – “œil de la côte” – coûte 300 € par année.'],
  ['windows-1250', 'Latarnik co wieczór zapala światło i patrzy na łodzie wracające z połowu.'],
  ['windows-1251', 'Смотритель маяка каждый вечер наливает масло в лампу и смотрит на море.'],
  ['windows-1253', 'Ο φύλακας του φάρου ανάβει κάθε βράδυ το φως και κοιτάζει τη θάλασσα.'],
  ['windows-1254', 'Fener bekçisi her akşam ışığı yakar ve denize açılan kayıkları sayar.'],
  ['koi8-r', 'Рыбаки возвращаются в гавань на рассвете, когда маяк уже погашен.'],
  ['gb18030', '灯塔的看守人每天晚上都要给灯加油，他在这里已经工作了三十年，从来没有离开过这个小岛。'],
  ['big5', '燈塔的看守人每天晚上都要給燈加油，他在這裡已經工作了三十年，從來沒有離開過這個小島。'],
  [
    'shift_jis',
    '灯台守は毎晩ランプに油を注ぎます。彼はこの島で三十年も働いていて、一度も島を離れたことがありません。',
  ],
  ['euc-jp', '岬の灯台は霧の夜にも遠くから見えます。漁師たちはその光を頼りに港へ帰ってきます。'],
  ['iso-2022-jp', '波止場の時計は五分遅れています。船長はいつもそれを忘れてしまいます。'],
  [
    'euc-kr',
    '등대지기는 매일 밤 등불에 기름을 붓는다. 그는 이 섬에서 삼십 년 동안 일했고 한 번도 섬을 떠난 적이 없다.',
  ],
].map(([encoding = '', says = '']) => ({ file: `encoding/${encoding}.txt`, says, title: encoding }))

const TABLE: readonly Row[] = [...MARKUP, ...OFFICE, ...PAGES, ...MAIL, ...REST, ...ENCODED]

test('every file of the folder is in the table, and no other', () => {
  assert.deepEqual(
    TABLE.map(({ file }) => file).sort(),
    filesOf(fileURLToPath(FILES)).filter((file) => !MAKING.includes(file)),
  )
})

test('a file that another program wrote is found by a sentence that stands in it, or listed with its reason', async (t) => {
  const folder = copyOf(t, FILES)
  for (const file of MAKING) folder.remove(file)
  const corpus = await indexed(t, folder)
  for (const row of TABLE) await t.test(row.file, () => checkRow(corpus, row))
})

/** Text by whatever name: how people write it by hand. */
const WRITTEN: Readonly<Record<string, { text: string; row: Omit<Extract<Row, { says: string }>, 'file'> }>> =
  {
    'notes/front matter.md': {
      text: '---\ntitle: "Kelp: a harvest"\ntags: [kelp, shore]\n---\n\n# Cutting\n\nCut kelp at the lowest spring tide.\n',
      row: { says: 'Cut kelp at the lowest spring tide.', title: 'Kelp: a harvest', heading: 'Cutting' },
    },
    README: {
      text: 'Moor at the second bollard.\n',
      row: { says: 'Moor at the second bollard.', title: 'README' },
    },
    'code/tide.py': {
      text: 'def rule_of_twelfths(hour):\n    """Height gained within the given hour of the flood."""\n    return (1, 2, 3, 3, 2, 1)[hour]\n',
      row: { says: 'Height gained within the given hour of the flood.', holds: ['rule_of_twelfths'] },
    },
    'code/winch.rs': {
      text: '/// Pays out cable until the drum is empty.\nfn pay_out(drum: &mut Drum) -> Option<u32> {\n    drum.pop()\n}\n',
      row: { says: 'Pays out cable until the drum is empty.', holds: ['Option<u32>'] },
    },
    'code/lamp.go': {
      text: 'package lamp\n\n// Occult hides the light for a moment.\nfunc Occult(d time.Duration) {}\n',
      row: { says: 'Occult hides the light for a moment.' },
    },
    'code/Buoy.java': {
      text: '/** A spar buoy leans with the stream. */\nfinal class SparBuoy<T extends Chain> {}\n',
      row: { says: 'A spar buoy leans with the stream.', holds: ['SparBuoy<T extends Chain>'] },
    },
    'code/radar.tsx': {
      text: 'export const Sweep = () => <circle r={7} /> // one sweep each six seconds\n',
      row: { says: 'one sweep each six seconds', holds: ['<circle r={7} />'] },
    },
    'code/Makefile': {
      text: 'careen: hull\n\tscrape --barnacles hull\n',
      row: { says: 'scrape --barnacles hull', title: 'Makefile' },
    },
    'data/wrecks.csv': {
      text: 'name,year,depth\n"Sv. Nikola, the second",1886,"forty-two metres"\n',
      row: { says: 'Sv. Nikola, the second', holds: ['"forty-two metres"'] },
    },
    'data/pilots.tsv': {
      text: 'pilot\tstation\nGudrun\tFlugga Muckle\n',
      row: { says: 'Gudrun Flugga Muckle' },
    },
    'data/gauge.json': {
      text: '{"station": "\\u6771\\u4eac\\u6e7e", "note": "zeroed against the old bench mark"}\n',
      row: { says: 'zeroed against the old bench mark', holds: ['東京湾'] },
    },
    'data/ais.jsonl': {
      text: '{"mmsi": 1, "status": "aground"}\n{"mmsi": 2, "status": "not under command"}\n',
      row: { says: 'not under command' },
    },
    'data/lights.yaml': {
      text: 'lights:\n  - name: Bishop Rock\n    character: two white flashes in fifteen seconds\n',
      row: { says: 'two white flashes in fifteen seconds' },
    },
    'film/launch.srt': {
      text: '1\r\n00:00:01,000 --> 00:00:03,000\r\n<i>She slides down the ways.</i>\r\n\r\n2\r\n00:06:10,500 --> 00:06:12,000\r\nGod bless all who sail in her.\r\n',
      row: {
        says: 'God bless all who sail in her.',
        holds: [/^## 00:06:10$/m, 'She slides down the ways.'],
        lacks: [/-->|<i>/],
      },
    },
    'film/dive.vtt': {
      text: 'WEBVTT\n\nNOTE not said\n\n00:01.000 --> 00:04.000 align:start\n<v Diver>The hull is open from stem to stern.\n',
      row: { says: 'The hull is open from stem to stern.', lacks: [/not said|WEBVTT|align/] },
    },
  }

test('text that was written by hand is found by a sentence that stands in it', async (t) => {
  const texts = Object.entries(WRITTEN).map(([file, { text }]) => [file, text])
  const corpus = await indexed(t, testFolder(t, Object.fromEntries(texts)))
  for (const [file, { row }] of Object.entries(WRITTEN))
    await t.test(file, () => checkRow(corpus, { file, ...row }))
})
