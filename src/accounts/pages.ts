import { html, type SafeHtml } from '../web/html.ts'
import { page } from '../web/layout.ts'
import { PASSWORD_MIN, USERNAME_MAX } from './password-rules.ts'

export type LoginView = {
  readonly token: string
  readonly return_to: string
  readonly username?: string
  /** What went wrong, as a sentence. */
  readonly fault?: string
}

export function loginPage(
  view: LoginView,
  options: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return page({
    title: 'Sign in · CorpusIQ',
    ...options,
    body: html`<form class="card" method="post" action="/login">
<h1>Sign in</h1>
${fault(view.fault)}
<input type="hidden" name="token" value="${view.token}">
<input type="hidden" name="return_to" value="${view.return_to}">
${usernameField(view.username)}
${passwordField({ name: 'password', label: 'Password', autocomplete: 'current-password' })}
<button class="primary" type="submit">Sign in</button>
</form>`,
  })
}

export type SetupView = { readonly token: string; readonly username?: string; readonly fault?: string }

export function setupPage(view: SetupView, options: { status?: number } = {}): Response {
  return page({
    title: 'Set up · CorpusIQ',
    ...options,
    body: html`<form class="card" method="post" action="/setup">
<h1>Set up CorpusIQ</h1>
<p>Choose the owner’s name and password. You will sign in with them to let a client read your documents.</p>
${fault(view.fault)}
<input type="hidden" name="token" value="${view.token}">
${usernameField(view.username ?? 'owner')}
${passwordField({ name: 'password', label: 'Password', autocomplete: 'new-password' })}
<p class="muted">At least ${PASSWORD_MIN} characters. A few words are better than a short riddle.</p>
${passwordField({
  name: 'password_again',
  label: 'Password again, to catch a slip',
  autocomplete: 'new-password',
  optional: true,
})}
<button class="primary" type="submit">Set the password</button>
</form>`,
  })
}

/** Where a person has to go elsewhere first. */
export function noticePage(options: {
  status: number
  title: string
  text: string
  link?: { href: string; text: string }
  headers?: Record<string, string>
}): Response {
  const { status, title, text, link, headers = {} } = options
  return page({
    title: `${title} · CorpusIQ`,
    status,
    headers,
    body: html`<section class="card">
<h1>${title}</h1>
<p>${text}</p>
${link && html`<p><a href="${link.href}">${link.text}</a></p>`}
</section>`,
  })
}

function fault(text: string | undefined): SafeHtml | undefined {
  return text === undefined ? undefined : html`<p class="warning" role="alert">${text}</p>`
}

function usernameField(value: string | undefined): SafeHtml {
  return html`<label class="field">Username
<input name="username" value="${value}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="${USERNAME_MAX}" required>
</label>`
}

function passwordField(field: {
  name: string
  label: string
  autocomplete: string
  optional?: boolean
}): SafeHtml {
  return html`<label class="field">${field.label}
<input type="password" name="${field.name}" autocomplete="${field.autocomplete}" ${field.optional ? undefined : html`required`}>
</label>`
}
