import { readFileSync } from 'node:fs'

/**
 * What a real client sends, and where that is known from. The rows are `test/data/clients.json`; names and hosts of
 * a person's own server in them are stand-ins.
 */
export type RealClient = {
  readonly id: string
  readonly client: string
  readonly source: string
  /** Read in the client's code; shown in a log or said by its makers in public; put together from hints. */
  readonly confidence: 'source' | 'reported' | 'inferred'
  /** `client-document`: not a registration but what stands behind a URL used as `client_id`. */
  readonly kind: 'registration' | 'client-document'
  /** `later`: needs what this server does not do yet. */
  readonly stage: 'now' | 'later'
  /** The body as it is sent: order of members and `null`s are meant. */
  readonly request: RegistrationBody
  /** Members of `request` that nobody has seen on the wire. */
  readonly assumed_members?: readonly string[]
  /** Headers beside the content type. */
  readonly headers?: Readonly<Record<string, string>>
  /** Where it differs from the first registered one. */
  readonly redirect_at_authorization?: readonly string[]
  /** A fault of the client: `redirect_at_authorization` is not registered, and a page is the right answer. */
  readonly redirect_is_refused?: true
  readonly token_endpoint_auth: TokenEndpointAuth
  readonly resource: ResourceForm | 'unknown'
  /**
   * The parameter `scope` of the authorization request; null: left out. `{challenge}` is the scope of the 401,
   * `{scopes_supported}` the list of the metadata; `{unknown}` was never seen.
   */
  readonly scope_requested: string | null
  readonly must_accept: boolean
  readonly note: string
}

export type RegistrationBody = { readonly redirect_uris: readonly string[] } & Readonly<
  Record<string, unknown>
>

export type TokenEndpointAuth =
  | 'none'
  | 'client_secret_basic'
  | 'client_secret_post'
  /** The method of the answer. */
  | 'as answered'
  /** The same, with id and secret percent-encoded before Base64. */
  | 'as answered, percent-encoded'
  | 'private_key_jwt'

export const REAL_CLIENTS: readonly RealClient[] = JSON.parse(
  readFileSync(new URL('../data/clients.json', import.meta.url), 'utf8'),
)

/** The values of `resource` in the authorization request and in the token request. */
type ResourceLegs = { readonly authorization: readonly string[]; readonly token: readonly string[] }

const both = (...values: string[]): ResourceLegs => ({ authorization: values, token: values })
const withSlash = (url: string) => new URL(url).href

/** How clients write the URL that they found in the metadata or that their user typed. */
const RESOURCE_FORMS = {
  metadata: (url: string) => both(url),
  'server URL': (url: string) => both(url),
  twice: (url: string) => both(url, url),
  'with slash': (url: string) => both(withSlash(url)),
  'other slash': (url: string) => both(url.endsWith('/') ? url.slice(0, -1) : `${url}/`),
  'slashes stripped': (url: string) => both(url.replace(/\/+$/, '')),
  'root slash stripped': (url: string) => both(new URL(url).pathname === '/' ? url.replace(/\/$/, '') : url),
  canonical: (url: string) => both(withSlash(url).replace(/\/$/, '')),
  'with slash at token': (url: string) => ({ authorization: [url], token: [withSlash(url)] }),
  'authorization only': (url: string) => ({ authorization: [url], token: [] }),
  none: () => both(),
} satisfies Record<string, (url: string) => ResourceLegs>

export type ResourceForm = keyof typeof RESOURCE_FORMS

/** What the client makes of `url`; a form that nobody has seen is taken to be that of the official SDKs. */
export function resourceLegs(form: ResourceForm | 'unknown', url: string): ResourceLegs {
  return RESOURCE_FORMS[form === 'unknown' ? 'metadata' : form](url)
}
