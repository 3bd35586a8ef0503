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

/**
 * Whether the element itself keeps its content out of sight, as far as its own attributes tell; style sheets are
 * not read.
 */
export function isHidden(name: string, attributes: Readonly<Record<string, string>>): boolean {
  if (UNSHOWN.has(name)) return true
  if (attributes.hidden !== undefined || attributes['aria-hidden']?.trim().toLowerCase() === 'true')
    return true
  if (name === 'dialog' && attributes.open === undefined) return true
  const style = attributes.style
  return style !== undefined && HIDING.test(style.slice(0, 2000).replace(/\/\*[^*]*\*\//g, ''))
}
