import type { ClientMetadata } from './client-metadata.ts'
import { knownAddress, verifiedByAll } from './known-clients.ts'
import { KNOWN_NAMES, type KnownName } from './known-names.ts'
import { looks, mixedWord, runTogether, skeleton } from './look-alike.ts'
import { redirectHost } from './redirect-uri.ts'

/**
 * Who a client is, as far as anybody can tell. RFC 7591 §5: what a client says of itself is "self-asserted"; where its
 * codes go is not, and that alone makes it verified.
 */
export type ClientIdentity = {
  /** The known client that gets the codes and nobody else; undefined: unverified. */
  readonly verified: string | undefined
  readonly flags: readonly IdentityFlag[]
}

/** What is wrong with the name. */
export type IdentityFlag =
  /** It is or resembles a name of `of`, whose address this is not; or is written so as to look like it. */
  | { readonly flag: 'look-alike name'; readonly of: string }
  /** Letters of several scripts stand in one word of it. */
  | { readonly flag: 'mixed scripts'; readonly word: string }

/**
 * Judges a client by the address that gets the code, or without `redirect_uri` by all that it registered: verified is
 * then who gets the codes sent to any of them. Says nothing of which person or tenant of that service it is. Never
 * throws on registered metadata; linear in the length of the name.
 */
export function identifyClient(
  metadata: Pick<ClientMetadata, 'client_name' | 'redirect_uris'>,
  redirect_uri?: string,
): ClientIdentity {
  const addresses = redirect_uri === undefined ? metadata.redirect_uris : [redirect_uri]
  const verified = verifiedByAll(addresses)
  const name = metadata.client_name ?? ''
  const flags: IdentityFlag[] = []
  for (const of of lookAlikes(name, addresses)) flags.push({ flag: 'look-alike name', of })
  const word = mixedWord(name)
  if (word !== undefined) flags.push({ flag: 'mixed scripts', word })
  return { verified, flags }
}

/** One line for a terminal, a journal or a table: `verified: ChatGPT`, or `unverified`, then what is wrong. */
export function identityLine({ verified, flags }: ClientIdentity): string {
  const words = flags.map((flag) =>
    flag.flag === 'look-alike name' ? `name resembles ${flag.of}` : 'mixed scripts in one word',
  )
  return [verified === undefined ? 'unverified' : `verified: ${verified}`, ...words].join('; ')
}

type Known = {
  readonly name: string
  /** In small letters, without spaces; and as it looks. */
  readonly plain: string
  readonly skeleton: string
  readonly row: KnownName
}

const KNOWN: readonly Known[] = KNOWN_NAMES.flatMap((row) =>
  row.names.map((name) => {
    const plain = name.toLowerCase().replaceAll(' ', '')
    return { name, plain, skeleton: skeleton(plain), row }
  }),
)
const BY_SKELETON = new Map(KNOWN.map((known) => [known.skeleton, known]))
const LONGEST = Math.max(...KNOWN.map((known) => known.skeleton.length))
/** So long, and so rare, that they are seen inside a word as well. */
const WITHIN = KNOWN.filter((known) => known.skeleton.length >= 7)

/** The known names that are in `name` though they can't be its own, one of each client. */
function lookAlikes(name: string, addresses: readonly string[]): Iterable<string> {
  const found = new Map<KnownName, string>()
  for (const { known, plain } of knownIn(name)) {
    // A real one writes its own name in its own letters.
    const isOwn = plain === known.plain && addresses.every((uri) => mayBe(known.row, uri))
    if (!isOwn && !found.has(known.row)) found.set(known.row, known.name)
  }
  return found.values()
}

function mayBe({ clients, native }: KnownName, redirect_uri: string): boolean {
  const known = knownAddress(redirect_uri)
  if (known) return clients.includes(known.client)
  return native === true && redirectHost(redirect_uri).kind !== 'https'
}

/** Words are cut wherever one could begin: at capitals, digits, signs. What was cut too often is put together again. */
const PIECE = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|\S/gu
/** What can be meant as a letter; everything else stands between words. */
const LETTER = /[\p{L}\p{N}\p{So}@$|!€¢§×°]/u

type Piece = { readonly plain: string; readonly looks: string }
type Found = { readonly known: Known; readonly plain: string }

/** Known names in a name, the longest at each place: `Claude Code` is not `Claude`. */
function knownIn(name: string): Found[] {
  const visible = name.replace(/[\p{Cf}\p{Cc}]/gu, '')
  const pieces = (visible.match(PIECE) ?? [])
    .filter((piece) => LETTER.test(piece))
    .map((piece): Piece => ({ plain: piece.toLowerCase(), looks: looks(piece) }))
  const found: Found[] = []
  for (const start of pieces.keys()) {
    const longest = longestAt(pieces, start)
    if (longest) found.push(longest)
  }
  const whole = runTogether(pieces.map((piece) => piece.looks).join(''))
  for (const known of WITHIN) {
    const isCovered = found.some((other) => other.known.skeleton.includes(known.skeleton))
    if (!isCovered && whole.includes(known.skeleton)) found.push({ known, plain: known.plain })
  }
  return found
}

function longestAt(pieces: readonly Piece[], start: number): Found | undefined {
  let longest: Found | undefined
  let plain = ''
  let looks = ''
  for (let end = start; end < pieces.length; end++) {
    plain += pieces[end]?.plain
    looks += pieces[end]?.looks
    const together = runTogether(looks)
    if (together.length > LONGEST) break
    const known = BY_SKELETON.get(together)
    if (known) longest = { known, plain }
  }
  return longest
}
