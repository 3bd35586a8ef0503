import type { Extract } from './format.ts'

/** Text as it stands; it names no title of its own. */
export const extractPlainText: Extract = (source) => ({ title: '', text: source })

/** reStructuredText: the title is the first line with a line of punctuation below. */
export const extractRst: Extract = (source) => {
  const title = /^(?:[=\-~^#*+"'`]{3,}\r?\n)?(\S[^\r\n]{0,300})\r?\n[=\-~^#*+"'`]{3,}[ \t]*$/m.exec(
    source.slice(0, 20_000),
  )
  return { title: title?.[1] ?? '', text: source }
}

/** Org: `#+TITLE:`, else the first heading. */
export const extractOrg: Extract = (source) => {
  const head = source.slice(0, 20_000)
  const title = /^#\+title:[ \t]*(\S.*)$/im.exec(head) ?? /^\*+[ \t]+(\S.*)$/m.exec(head)
  return { title: title?.[1] ?? '', text: source }
}

/** AsciiDoc: the document's title, `= …`. */
export const extractAsciidoc: Extract = (source) => ({
  title: /^={1,6}[ \t]+(\S.*)$/m.exec(source.slice(0, 20_000))?.[1] ?? '',
  text: source,
})
