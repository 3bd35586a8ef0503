import { deflateRawSync, deflateSync } from 'node:zlib'

export type Entry = {
  readonly name: string
  readonly content: string | Uint8Array
  /** What the archive says that it will be, where that is a lie. */
  readonly size?: number
}

/** A ZIP archive, whatever its entries are called and say of themselves. */
export function archive(entries: readonly Entry[]): Buffer {
  const files: Buffer[] = []
  const contents: Buffer[] = []
  let at = 0
  for (const { name, content, size } of entries) {
    const bytes = Buffer.from(content)
    const packed = deflateRawSync(bytes)
    const path = Buffer.from(name)
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt16LE(8, 4)
    facts.writeUInt32LE(packed.length, 14)
    facts.writeUInt32LE(size ?? bytes.length, 18)
    facts.writeUInt16LE(path.length, 22)
    const file = Buffer.concat([Buffer.from('PK\u0003\u0004'), facts, path, packed])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(at, 10)
    contents.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\0'), facts, place, path]))
    files.push(file)
    at += file.length
  }
  const directory = Buffer.concat(contents)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...files, directory, Buffer.from('PK\u0005\u0006'), end])
}

const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
const SHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const SLIDE = 'http://schemas.openxmlformats.org/presentationml/2006/main'
const DRAWING = 'http://schemas.openxmlformats.org/drawingml/2006/main'
const ODF = 'urn:oasis:names:tc:opendocument:xmlns'

function relations(targets: Readonly<Record<string, string>>): string {
  const all = Object.entries(targets).map(
    ([kind, target], at) => `<Relationship Id="r${at + 1}" Type="${OFFICE}/${kind}" Target="${target}"/>`,
  )
  return `<Relationships xmlns="${RELATIONS}">${all.join('')}</Relationships>`
}

/** A Word document of these paragraphs, as XML; `prolog` before it. */
export function docx(paragraphs: string, more: readonly Entry[] = [], prolog = ''): Buffer {
  return archive([
    {
      name: '[Content_Types].xml',
      content:
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    },
    { name: '_rels/.rels', content: relations({ officeDocument: 'word/document.xml' }) },
    {
      name: 'word/document.xml',
      content: `${prolog}<w:document xmlns:w="${WORD}"><w:body>${paragraphs}</w:body></w:document>`,
    },
    ...more,
  ])
}

/** A paragraph of Word. */
export function paragraph(text: string, properties = ''): string {
  return `<w:p><w:r><w:rPr>${properties}</w:rPr><w:t>${text}</w:t></w:r></w:p>`
}

/** A workbook of one sheet; `strings` is what its cells share. */
export function xlsx(sheet: string, strings = '', prolog = ''): Buffer {
  return archive([
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${SHEET}" xmlns:r="${OFFICE}"><sheets><sheet name="One" r:id="r1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relations({ worksheet: 'worksheets/sheet1.xml' }),
    },
    { name: 'xl/sharedStrings.xml', content: `${prolog}<sst xmlns="${SHEET}">${strings}</sst>` },
    { name: 'xl/worksheets/sheet1.xml', content: `<worksheet xmlns="${SHEET}">${sheet}</worksheet>` },
  ])
}

/** A presentation of one slide with this text; the slide stands where `target` says. */
export function pptx(text: string, prolog = '', target = 'slides/slide1.xml'): Buffer {
  return archive([
    {
      name: 'ppt/presentation.xml',
      content: `<p:presentation xmlns:p="${SLIDE}" xmlns:r="${OFFICE}"><p:sldIdLst><p:sldId id="1" r:id="r1"/></p:sldIdLst></p:presentation>`,
    },
    { name: 'ppt/_rels/presentation.xml.rels', content: relations({ slide: target }) },
    {
      name: 'ppt/slides/slide1.xml',
      content: `${prolog}<p:sld xmlns:p="${SLIDE}" xmlns:a="${DRAWING}"><p:sp><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp></p:sld>`,
    },
  ])
}

/** A text of OpenDocument with this content, and these more parts. */
export function odt(content: string, more: readonly Entry[] = [], prolog = '', styles = ''): Buffer {
  return archive([
    {
      name: 'content.xml',
      content: `${prolog}<office:document-content xmlns:office="${ODF}:office:1.0" xmlns:text="${ODF}:text:1.0"><office:automatic-styles>${styles}</office:automatic-styles><office:body><office:text>${content}</office:text></office:body></office:document-content>`,
    },
    ...more,
  ])
}

/** A sheet of OpenDocument. */
export function ods(rows: string): Buffer {
  return archive([
    {
      name: 'content.xml',
      content: `<office:document-content><office:body><office:spreadsheet><table:table table:name="One">${rows}</table:table></office:spreadsheet></office:body></office:document-content>`,
    },
  ])
}

/** A book whose spine is these files, of which those in `chapters` are there. */
export function epub(
  spine: readonly string[],
  chapters: Readonly<Record<string, string>>,
  prolog = '',
): Buffer {
  const items = spine.map((href, at) => `<item id="i${at}" href="${href}"/>`).join('')
  const order = spine.map((_, at) => `<itemref idref="i${at}"/>`).join('')
  return archive([
    {
      name: 'META-INF/container.xml',
      content: '<container><rootfiles><rootfile full-path="book/package.opf"/></rootfiles></container>',
    },
    {
      name: 'book/package.opf',
      content: `${prolog}<package><metadata><dc:title>Book</dc:title></metadata><manifest>${items}</manifest><spine>${order}</spine></package>`,
    },
    ...Object.entries(chapters).map(([name, text]) => ({
      name: `book/${name}`,
      content: `<html><body><p>${text}</p></body></html>`,
    })),
  ])
}

/** A PDF of these objects, from 1 on, with its table of them; the first is the catalogue. */
export function pdf(objects: readonly (string | Buffer)[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const starts: number[] = []
  let length = parts[0]?.length ?? 0
  const add = (part: Buffer) => {
    parts.push(part)
    length += part.length
  }
  for (const [index, object] of objects.entries()) {
    starts.push(length)
    add(Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]))
  }
  const rows = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('')
  add(
    Buffer.from(
      `xref\n0 ${starts.length + 1}\n0000000000 65535 f \n${rows}trailer\n<</Size ${starts.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${length}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}

/** A stream of a PDF, packed. */
export function stream(content: string | Buffer, entries = ''): Buffer {
  const packed = deflateSync(content)
  const head = `<</Length ${packed.length}/Filter/FlateDecode${entries}>>\nstream\n`
  return Buffer.concat([Buffer.from(head), packed, Buffer.from('\nendstream')])
}

const FONT = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'

/** A page's objects, as numbers 3 to 5, below the catalogue and the tree of pages; `more` are in its resources. */
export function pages(content: string | Buffer, more = ''): (string | Buffer)[] {
  return [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Count 1/Kids[3 0 R]>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>${more}>>>>`,
    stream(content),
    FONT,
  ]
}

/** What draws a line of text. */
export function line(text: string): string {
  return `BT /F 12 Tf 72 700 Td (${text}) Tj ET\n`
}

/** Ten entities, each of ten of the one before: a billion words. */
export const LAUGHS = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">${Array.from(
  { length: 9 },
  (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
).join('')}]>`

/** An entity that stands for a file of this machine. */
export const EXTERNAL =
  '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY passwd SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>'

/** A font that the file does not hold, whose bytes are those of an encoding by name. */
export const foreignFont = (encoding: string, collection: string) =>
  `<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/${encoding}/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(${collection})/Supplement 2>>/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4>>>>]>>`
/** A page that shows the bytes, written in hexadecimal digits. */
export const shownBytes = (hex: string) => `BT /F 12 Tf 72 700 Td <${hex}> Tj ET`
