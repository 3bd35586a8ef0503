import { Refused } from './format.ts'
import { readXml } from './xml.ts'
import { partOf } from './zip.ts'

/** In UTF-16 of either order. */
const DOCTYPE_16 = Buffer.from('<!DOCTYPE', 'utf16le').subarray(0, -1)

/** Office files have none; an XML parser of a library might obey it. */
export function refuseDoctype(part: Uint8Array): void {
  const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength)
  if (bytes.includes('<!DOCTYPE') || bytes.includes(DOCTYPE_16)) {
    throw new Refused('its XML declares a document type, which no such file has')
  }
}

/** `dc:title` of Office's and OpenDocument's properties. */
export function titleOf(properties: Uint8Array | undefined): string {
  let title = ''
  let isTitle = false
  readXml(properties, {
    open: (name) => {
      isTitle = name === 'dc:title'
    },
    text: (text) => {
      if (isTitle) title += text
    },
    close: () => {
      isTitle = false
    },
  })
  return title.trim()
}

/** What a part refers to, by the reference's id, as names of other parts. */
export function relations(parts: ReadonlyMap<string, Uint8Array>, path: string): Map<string, string> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const targets = new Map<string, string>()
  readXml(parts.get(`${folder}_rels/${path.slice(folder.length)}.rels`), {
    open(name, { Id = '', Target = '', TargetMode }) {
      if (name !== 'Relationship' || TargetMode === 'External') return
      const part = partOf(Target, path)
      if (part !== undefined) targets.set(Id, part)
    },
  })
  return targets
}
