import { html, type SafeHtml } from './html.ts'

export type PageOptions = {
  title: string
  body: SafeHtml
  status?: number
  headers?: Record<string, string>
}

/**
 * A page of ours: no script, one stylesheet of our own, never framed, never cached, nothing loaded from elsewhere.
 * No `form-action`: Chromium applies it to the redirect that follows a form's POST, which here leads to the client.
 */
export function page({ title, body, status = 200, headers = {} }: PageOptions): Response {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/assets/style.css">
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
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      ...headers,
    },
  })
}
