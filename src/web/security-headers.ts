/**
 * What a browser is told of every answer that a person sees. No script anywhere, one stylesheet of our own, never
 * framed, never cached, nothing loaded from elsewhere. Two things are left out on purpose:
 * - `form-action`: Chromium applies it to the redirect that follows a form's POST, which here leads to the client;
 * - `Cross-Origin-Opener-Policy`: browser-based clients open the consent page as a popup and wait for it.
 * `same-origin` as referrer policy: with `no-referrer` a form's POST says `Origin: null`, and is refused as foreign.
 */
export const PAGE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/** RFC 6797, for a public URL that is https. A year; sub-domains are not ours to speak for. */
export const STRICT_TRANSPORT_SECURITY = 'max-age=31536000'
