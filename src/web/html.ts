/**
 * Markup that is safe to send: made by the `html` tag, which escapes whatever is put into it; and of Markdown by
 * documents/markdown, which lets no markup through.
 */
export class SafeHtml {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

export type Interpolation = SafeHtml | string | number | undefined | false | readonly Interpolation[]

/** html`<p>${text}</p>`: text is escaped, SafeHtml is taken as it is, lists are joined, undefined and false vanish. */
export function html(strings: TemplateStringsArray, ...values: Interpolation[]): SafeHtml {
  return new SafeHtml(strings.reduce((whole, part, index) => whole + render(values[index - 1]) + part))
}

function render(value: Interpolation): string {
  if (value === undefined || value === false) return ''
  if (value instanceof SafeHtml) return value.markup
  if (Array.isArray(value)) return value.map(render).join('')
  return escapeHtml(String(value))
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes for text and for quoted attribute values. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
