import { Parser } from 'htmlparser2'

export type Form = {
  readonly action: string
  readonly method: string
  /** What a browser would send of it untouched; buttons not pressed. */
  readonly fields: ReadonlyMap<string, string>
  readonly buttons: readonly { readonly name: string; readonly value: string }[]
}

/** The forms of a page, as a browser without scripts sees them. */
export function readForms(html: string): Form[] {
  const forms: {
    action: string
    method: string
    fields: Map<string, string>
    buttons: Form['buttons'][0][]
  }[] = []
  let open: (typeof forms)[0] | undefined
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'form') {
        open = {
          action: attributes.action ?? '',
          method: (attributes.method ?? 'get').toUpperCase(),
          fields: new Map(),
          buttons: [],
        }
        forms.push(open)
      } else if (open && (name === 'input' || name === 'button')) {
        const field = { name: attributes.name ?? '', value: attributes.value ?? '' }
        const type = attributes.type ?? (name === 'button' ? 'submit' : 'text')
        if (type === 'submit') open.buttons.push(field)
        else if ((type !== 'checkbox' && type !== 'radio') || 'checked' in attributes) {
          open.fields.set(field.name, field.value)
        }
      }
    },
    onclosetag(name) {
      if (name === 'form') open = undefined
    },
  })
  parser.end(html)
  return forms
}
