/** Elements whose content a page does not show as text. */
export const UNSHOWN: ReadonlySet<string> = new Set([
  ...['script', 'style', 'template', 'noscript', 'svg', 'iframe', 'object', 'canvas', 'audio', 'video'],
  ...['datalist', 'select', 'noframes', 'noembed'],
])

/** Declarations by which a style attribute takes text out of sight. */
const HIDING = new RegExp(
  `(?:^|;)\\s*(?:${[
    'display\\s*:\\s*none',
    'visibility\\s*:\\s*(?:hidden|collapse)',
    'opacity\\s*:\\s*(?:0+(?:\\.0*)?|\\.0+)(?![.\\d])',
    'font-size\\s*:\\s*(?:0+(?:\\.0*)?|\\.0+)[a-z%]*\\s*(?:!|;|$)',
    'color\\s*:\\s*transparent',
    '(?:left|right|top|bottom|text-indent|margin-left|margin-top)\\s*:\\s*-(?:999|\\d{4,})',
  ].join('|')})`,
  'i',
)

/** Characters of style sheets that are looked at. */
const SHEETS = 200_000

/**
 * Classes and ids (`.note`, `#note`) that a page's own style sheets take out of sight by a plain rule. Rules for other
 * media and of other selectors say nothing certain about the text that a person sees.
 */
export function hidingSelectors(sheet: string): ReadonlySet<string> {
  const found = new Set<string>()
  const plain = sheet.slice(0, SHEETS).replace(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, '')
  let depth = 0
  let selectors = ''
  for (const [part] of plain.matchAll(/[^{}]+|[{}]/g)) {
    if (part === '{') depth++
    else if (part === '}') depth = Math.max(0, depth - 1)
    else if (depth === 0) selectors = part
    else if (depth === 1 && !selectors.includes('@') && HIDING.test(part)) {
      for (const selector of selectors.split(',')) {
        const name = /^\s*[a-z0-9*]*([.#][\w-]{1,100})\s*$/i.exec(selector)?.[1]
        if (name) found.add(name)
      }
    }
  }
  return found
}

/**
 * Whether the element itself keeps its content out of sight, by its own attributes or by what style sheets say of its
 * class or id.
 */
export function isHidden(
  name: string,
  attributes: Readonly<Record<string, string>>,
  hiding: ReadonlySet<string> = new Set(),
): boolean {
  if (UNSHOWN.has(name)) return true
  if (attributes.hidden !== undefined || attributes['aria-hidden']?.trim().toLowerCase() === 'true')
    return true
  if (name === 'dialog' && attributes.open === undefined) return true
  if (hiding.size > 0) {
    if (attributes.id !== undefined && hiding.has(`#${attributes.id}`)) return true
    if (attributes.class?.split(/\s+/).some((one) => hiding.has(`.${one}`))) return true
  }
  const style = attributes.style
  return style !== undefined && HIDING.test(style.slice(0, 2000).replace(/\/\*[^*]*\*\//g, ''))
}
