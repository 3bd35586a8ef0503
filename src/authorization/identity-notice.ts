import { domainToUnicode } from 'node:url'
import type { ClientIdentity, IdentityFlag } from '../oauth/client-identity.ts'
import { knownAddress } from '../oauth/known-clients.ts'
import { type RedirectHost, redirectHost } from '../oauth/redirect-uri.ts'
import { html, type SafeHtml } from '../web/html.ts'

/** The words before the host that gets the code. */
export function receiverIntroduction({ kind }: RedirectHost): string {
  if (kind === 'loopback') return 'The access goes to a program on this device, at'
  if (kind === 'private') return 'The access goes to the app on this device that opens links beginning with'
  return 'The access goes to'
}

/** Whether anybody knows who gets the code, and what the person has to make sure of. */
export function receiverNotice({ verified }: ClientIdentity, redirect_uri: string, name: string): SafeHtml {
  const { kind, host } = redirectHost(redirect_uri)
  if (verified !== undefined) {
    return html`<p><strong>Verified.</strong> This is an address of ${verified}. Allow it only if you have just started to connect ${verified} yourself.</p>`
  }
  return html`<p class="warning"><strong>Unverified.</strong> ${whyUnverified(kind, redirect_uri, name)}</p>
${foreignLetters(host)}`
}

function whyUnverified(kind: RedirectHost['kind'], redirect_uri: string, name: string): SafeHtml {
  const condition = html`Allow it only if you have just started to connect <bdi>${name}</bdi> yourself`
  if (kind === 'loopback') {
    return html`Any program on this device can stand behind this address. ${condition}, on this device.`
  }
  if (kind === 'private') {
    return html`Any app can lay claim to such links. ${condition}, on this device.`
  }
  const known = knownAddress(redirect_uri)
  if (known) {
    return html`This address of ${known.client} passes the access on to whoever started this. ${condition}.`
  }
  return html`CorpusIQ does not know this address, and nobody has checked the name <bdi>${name}</bdi>. Allow it only if you recognise the address.`
}

/** A host in other letters is shown as the network knows it; what it looks like is said beside. */
function foreignLetters(host: string): SafeHtml | undefined {
  if (!/(^|\.)xn--/.test(host)) return undefined
  return html`<p class="warning">Elsewhere this address is shown as <bdi>${domainToUnicode(host.replace(/:\d+$/, ''))}</bdi>. Its letters may look like those of another address.</p>`
}

/** What is wrong with the name, a warning each. */
export function flagWarnings({ verified, flags }: ClientIdentity): SafeHtml {
  return html`${flags.map((flag) => html`<p class="warning">${inWords(flag, verified)}</p>\n`)}`
}

function inWords(flag: IdentityFlag, verified: string | undefined): SafeHtml {
  if (flag.flag === 'mixed scripts') {
    return html`In the name, the word <bdi>${flag.word}</bdi> mixes letters of several alphabets. Some may only look like those you know.`
  }
  const truth =
    verified === undefined ? `nothing shows that it is from ${flag.of}` : `the access goes to ${verified}`
  return html`Its name is, or looks like, that of ${flag.of}. A name proves nothing: ${truth}.`
}
