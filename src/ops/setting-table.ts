/**
 * The table of settings: one row per fact. The parser of values, the flags, `corpusiq settings` and
 * docs/reference/settings.md are all read from it.
 */
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { parseOrigin, parseUrl } from './public-url.ts'
import {
  days,
  duration,
  durationFrom,
  endpoint,
  host,
  listOf,
  oneOf,
  origins,
  type Parse,
  proxies,
  rate,
  text,
  wholeNumber,
  yesOrNo,
} from './setting-values.ts'

export type Setting<T> = {
  readonly parse: Parse<T>
  readonly example: string
  readonly doc: string
  /** The default, as its text. */
  readonly fallback?: string
  /** In words, where the default comes from if it depends on something else. */
  readonly derived?: string
  /** Never shown, and without a flag: every process of the machine can read a command line. */
  readonly secret?: true
}

/** A setting with a default of its own. */
function fixed<T>(
  row: Setting<T> & { readonly fallback: string },
): Setting<T> & { readonly fallback: string } {
  return row
}

/** A setting whose default depends on something else: its value is undefined where it is not set. */
function derived<T>(
  row: Setting<T> & { readonly derived: string },
): Setting<T> & { readonly derived: string } {
  return row
}

export const SETTINGS = {
  CORPUSIQ_OAUTH_RESOURCE_URL: derived({
    parse: parseOrigin,
    example: 'https://notes.example.com',
    derived: 'the address it listens on; `http://127.0.0.1:<port>` where it listens on all',
    doc: 'The public URL of the server: an origin, without path, query or fragment. https, or a loopback address.',
  }),
  CORPUSIQ_OAUTH_ISSUER: derived({
    parse: parseUrl,
    example: 'https://notes.example.com',
    derived: 'the resource URL',
    doc: 'The issuer (RFC 8414). It is on the origin of the resource URL, and may have a path.',
  }),
  CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT: derived({
    parse: parseUrl,
    example: 'https://notes.example.com/register',
    derived: 'issuer + `/register`',
    doc: 'Where clients register (RFC 7591). The default path is served as well.',
  }),
  CORPUSIQ_OAUTH_AUTHORIZATION_ENDPOINT: derived({
    parse: parseUrl,
    example: 'https://notes.example.com/authorize',
    derived: 'issuer + `/authorize`',
    doc: 'Where a person is sent to sign in and consent. The default path is served as well.',
  }),
  CORPUSIQ_OAUTH_TOKEN_ENDPOINT: derived({
    parse: parseUrl,
    example: 'https://notes.example.com/token',
    derived: 'issuer + `/token`',
    doc: 'Where codes and refresh tokens are exchanged. The default path is served as well.',
  }),
  CORPUSIQ_OAUTH_JWKS_URI: derived({
    parse: parseUrl,
    example: 'https://notes.example.com/.well-known/jwks.json',
    derived: 'issuer + `/.well-known/jwks.json`',
    doc: 'Where the public signing keys are (RFC 7517). The default path is served as well.',
  }),
  CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION: fixed({
    parse: yesOrNo,
    fallback: 'true',
    example: 'false',
    doc: 'Whether clients may register themselves. `false` is `CORPUSIQ_REGISTRATION_ACCESS=closed`.',
  }),
  CORPUSIQ_REGISTRATION_ACCESS: fixed({
    parse: oneOf('open', 'token', 'approval', 'closed'),
    fallback: 'open',
    example: 'approval',
    doc: 'Who may register: `open`, anybody; `token`, who brings an initial access token (`corpusiq registration-tokens create`); `approval`, anybody, but a client can authorize only after the owner approved it (`corpusiq clients approve`, or the page that it leads to); `closed`, nobody: `POST /register` answers 403, and metadata leaves the endpoint out.',
  }),
  CORPUSIQ_REGISTRATION_POLICY: derived({
    parse: path,
    derived: 'none',
    example: './registration-policy.json',
    doc: 'A JSON file of rules for what may be registered, read at the start: redirect hosts and schemes, scopes and authentication methods by kind of client, required members, unused clients per address (docs/guides/who-may-register.md).',
  }),
  CORPUSIQ_CLIENTS_FILE: derived({
    parse: path,
    derived: 'none',
    example: './clients.json',
    doc: 'A JSON file of clients, applied at the start: `{"<client_id>": {<client metadata>}}` (docs/guides/clients-of-your-own.md). Its clients change with it and go when they are gone from it, or when it is not named any more; others are untouched.',
  }),
  CORPUSIQ_CORS_ALLOW_ORIGINS_CSV: fixed({
    parse: origins,
    fallback: '*',
    example: 'https://chat.openai.com,https://chatgpt.com',
    doc: 'Origins whose pages may call the OAuth endpoints and `/mcp`, comma-separated; `*`: all, without credentials. Pages with a session never allow another origin.',
  }),
  CORPUSIQ_CLIENT_SECRET_TTL_DAYS: fixed({
    parse: days(0, 36_500),
    fallback: '90',
    example: '90',
    doc: 'How long a client secret is good for, in days. `0`: for ever.',
  }),
  CORPUSIQ_CLIENT_SECRET_RENEW_ON_USE: fixed({
    parse: yesOrNo,
    fallback: 'true',
    example: 'false',
    doc: 'Whether a secret in use is renewed: its days count from its last use (exact to a day), so that a client in steady use never loses it.',
  }),
  CORPUSIQ_CLIENT_SECRET_OVERLAP_SECONDS: fixed({
    parse: wholeNumber(0, 31_536_000),
    fallback: '86400',
    example: '3600',
    doc: 'How long a rotated secret is good for beside the new one, in seconds: after a rotation by the operator from then on, after one by the client itself from the first use of the new one on.',
  }),
  CORPUSIQ_ROTATE_ON_UPDATE: fixed({
    parse: yesOrNo,
    fallback: 'false',
    example: 'true',
    doc: 'Whether a client that updates its registration (RFC 7592 `PUT`) gets a new secret and a new registration access token. The old ones work until the new ones are used, so a lost answer does no harm.',
  }),
  CORPUSIQ_CLIENT_SECRET_HASH: fixed({
    parse: oneOf('sha256', 'argon2id'),
    fallback: 'sha256',
    example: 'argon2id',
    doc: 'How client secrets are stored. They carry 256 random bits, so `sha256` is safe and fast; `argon2id` is for those who must.',
  }),
  CORPUSIQ_REFRESH_TOKEN_TTL_DAYS: fixed({
    parse: days(1, 36_500),
    fallback: '90',
    example: '90',
    doc: 'How long a refresh token is good for without use, in days.',
  }),
  CORPUSIQ_ACCESS_TOKEN_TTL_SECONDS: fixed({
    parse: wholeNumber(1, 31_536_000),
    fallback: '3600',
    example: '3600',
    doc: 'How long an access token is good for, in seconds. Longer is the remedy for a client that registers without `refresh_token` and has to sign in every hour.',
  }),
  CORPUSIQ_REFRESH_GRACE_SECONDS: fixed({
    parse: wholeNumber(0, 3600),
    fallback: '60',
    example: '60',
    doc: 'How long a used refresh token may be presented once more (clients race and lose answers), in seconds.',
  }),
  CORPUSIQ_REGISTRATION_RATE: fixed({
    parse: rate,
    fallback: '120/minute',
    example: '120/minute',
    doc: 'Registrations allowed per client address (IPv6: per /64), and as many updates of registrations. `off` where a limiter stands in front.',
  }),
  CORPUSIQ_UNUSED_CLIENT_TTL: fixed({
    parse: duration,
    fallback: '24h',
    example: '7d',
    doc: 'How long a registered client is kept that nobody ever authorized: `24h`, `7d`, `30m`, or seconds. `0`: until the bound is reached.',
  }),
  CORPUSIQ_MAX_UNUSED_CLIENTS: fixed({
    parse: wholeNumber(10, 1_000_000),
    fallback: '10000',
    example: '10000',
    doc: 'Clients that nobody ever authorized, at most. Beyond it the oldest of them go, so that a newcomer is never refused; one that came to authorize within the last hour goes last.',
  }),
  CORPUSIQ_INACTIVE_CLIENT_TTL: fixed({
    parse: duration,
    fallback: '365d',
    example: '730d',
    doc: 'How long a client that was once authorized is kept without use and without tokens. `0`: for ever.',
  }),
  CORPUSIQ_REVIVE_CLIENTS: fixed({
    parse: yesOrNo,
    fallback: 'true',
    example: 'false',
    doc: 'Whether a removed client that still has its old id may be let back in on the consent page, by the owner alone: at its registered address, unless it held a secret or was revoked for cause. `false`: it has to register anew.',
  }),
  CORPUSIQ_HOST: fixed({
    parse: host,
    fallback: '127.0.0.1',
    example: '0.0.0.0',
    doc: 'The address it listens on.',
  }),
  CORPUSIQ_PORT: fixed({
    parse: wholeNumber(0, 65_535),
    fallback: '8787',
    example: '8787',
    doc: 'The port it listens on. `0`: any free one.',
  }),
  CORPUSIQ_DATA_DIR: fixed({
    parse: path,
    fallback: '.corpusiq',
    example: '/var/lib/corpusiq',
    doc: 'The directory of the database and the server’s own secret, created 0700. Relative to the working directory.',
  }),
  CORPUSIQ_CORPUS: derived({
    parse: listOf((list, base): readonly string[] => list.map((part) => sourcePlace(part, base))),
    derived: 'CorpusIQ’s own documentation, as a sample',
    example: './my-notes,papers=./work/papers',
    doc: 'What is served, comma-separated: folders, single files, sitemaps and lists of URLs (`https://…`, docs/guides/web-sources.md), each with a name before it (`name=path`) or called by its own. Also as arguments: `corpusiq serve ./my-notes papers=./work/papers`; `corpusiq corpus add` adds more (see the [guide](../guides/corpus.md)).',
  }),
  CORPUSIQ_WEB_REFRESH: fixed({
    parse: durationFrom(600),
    fallback: '24h',
    example: '6h',
    doc: 'How old the mirror of a web source gets before its pages are asked whether they have changed: `24h`, `7d`, `30m`, or seconds; not less than ten minutes. `0`: it is fetched once.',
  }),
  CORPUSIQ_EMBEDDINGS_URL: derived({
    parse: endpoint,
    derived: 'none: nothing leaves the machine',
    example: 'http://localhost:11434/v1',
    doc: 'Finds passages by meaning too: an endpoint that answers as OpenAI’s `/v1/embeddings` does (Ollama, LM Studio, vLLM). It is sent the text of every passage and every question (docs/guides/search-by-meaning.md).',
  }),
  CORPUSIQ_EMBEDDINGS_MODEL: derived({
    parse: (value, base) => ({ name: value, folder: path(value, base) }),
    derived: 'none',
    example: 'nomic-embed-text',
    doc: 'The model’s name at `CORPUSIQ_EMBEDDINGS_URL`. Without that URL: the folder of a model (ONNX) that runs here, by the package `@huggingface/transformers`, which is to be installed beside.',
  }),
  CORPUSIQ_EMBEDDINGS_KEY: derived({
    parse: text,
    derived: 'none',
    example: 'sk-…',
    secret: true,
    doc: 'The key for `CORPUSIQ_EMBEDDINGS_URL`, sent as a bearer token.',
  }),
  CORPUSIQ_TRUST_PROXY: fixed({
    parse: proxies,
    fallback: 'loopback',
    example: '10.0.0.0/8,fd00::/8',
    doc: 'Which proxy is believed for the client’s address: `none`; `loopback` (`X-Forwarded-For`, from the right); `cloudflare` (`CF-Connecting-IP`, only from a loopback peer); or networks, comma-separated. Host and scheme come from the settings alone.',
  }),
  CORPUSIQ_LOG_LEVEL: fixed({
    parse: oneOf('silent', 'error', 'warn', 'info', 'debug'),
    fallback: 'info',
    example: 'debug',
    doc: 'How much is logged: `silent`, `error`, `warn`, `info`, `debug`.',
  }),
  CORPUSIQ_LOG_FORMAT: derived({
    parse: oneOf('pretty', 'json'),
    derived: '`pretty` on a terminal, else `json`',
    example: 'json',
    doc: '`pretty`: lines for people. `json`: one object a line.',
  }),
  CORPUSIQ_OWNER_USERNAME: derived({
    parse: text,
    derived: 'none: the setup link asks for it',
    example: 'maria',
    doc: 'The owner’s name, with `CORPUSIQ_OWNER_PASSWORD`: creates the owner at the first start, without a browser. Later starts leave an existing owner as it is.',
  }),
  CORPUSIQ_OWNER_PASSWORD: derived({
    parse: text,
    derived: 'none',
    example: 'a long sentence of yours',
    secret: true,
    doc: 'The owner’s first password. Change it later by `corpusiq accounts set-password`.',
  }),
  CORPUSIQ_UNSAFE_ALLOW_HTTP: fixed({
    parse: yesOrNo,
    fallback: 'false',
    example: 'true',
    doc: 'Lets a public URL through that is neither https nor loopback, with a warning. Passwords and tokens then cross the network in the clear.',
  }),
}

export type SettingName = keyof typeof SETTINGS

export type Values = {
  readonly [N in SettingName]: (typeof SETTINGS)[N] extends Setting<infer T>
    ? (typeof SETTINGS)[N] extends { readonly fallback: string }
      ? T
      : T | undefined
    : never
}

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[]

/** `CORPUSIQ_DATA_DIR` → `data-dir`. */
export function flagName(name: SettingName): string {
  return name.slice('CORPUSIQ_'.length).toLowerCase().replaceAll('_', '-')
}

/** `~/` is the shell's word, which does not reach into a .env file. */
/** A folder, file or URL, with or without `name=` before it; paths become absolute. */
export function sourcePlace(value: string, base: string): string {
  const [, name = '', place = value] = /^([^=/\\]*=)(.*)$/s.exec(value) ?? []
  return name + (/^https?:\/\//i.test(place) ? place : path(place, base))
}

function path(value: string, base: string): string {
  return resolve(base, value.replace(/^~(?=$|[/\\])/, homedir()))
}
