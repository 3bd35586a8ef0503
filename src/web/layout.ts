import { html, type SafeHtml } from './html.ts'
import { PAGE_HEADERS } from './security-headers.ts'

/** The one thing that every page loads. */
export const STYLESHEET_PATH = '/assets/style.css'

export type PageOptions = {
  title: string
  body: SafeHtml
  status?: number
  headers?: Readonly<Record<string, string>>
}

/** A page of ours, `PAGE_HEADERS` with it. `headers` come on top. */
export function page({ title, body, status = 200, headers = {} }: PageOptions): Response {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${STYLESHEET_PATH}">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
  return new Response(document.markup, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...PAGE_HEADERS, ...headers },
  })
}
