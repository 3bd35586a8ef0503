import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'

/** An address that was checked: the only ones that a connection may go to. */
export type CheckedAddress = { readonly address: string; readonly family: 4 | 6 }

/** All addresses of a name, in the order of preference; rejects where there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>

/**
 * The system's resolver holds one of the few threads that files, passwords and compression need too, for as long as a
 * name server likes. So only so many names are asked for at once.
 */
const LOOKUPS = 2

let running = 0
const waiting: (() => void)[] = []

const systemResolve: Resolve = async (name) => {
  if (running >= LOOKUPS) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    return (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address)
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

/**
 * The public addresses of a URL's host (a name, or an address in a URL's normal form), resolved once; empty where it has
 * none, `undefined` where it cannot be resolved. `unsafeAllow`: addresses let through all the same.
 */
export async function publicAddresses(
  host: string,
  { resolve = systemResolve, unsafeAllow = [] }: { resolve?: Resolve; unsafeAllow?: readonly string[] } = {},
): Promise<readonly CheckedAddress[] | undefined> {
  const bare = host.replace(/^\[|\]$/g, '')
  const addresses = isIP(bare) ? [bare] : await resolve(bare).catch(() => undefined)
  return addresses
    ?.filter((address) => isPublicAddress(address) || unsafeAllow.includes(address))
    .map((address) => ({ address, family: isIP(address) === 6 ? 6 : 4 }))
}
