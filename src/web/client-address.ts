import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import type { Settings } from '../ops/settings.ts'

/** Longer chains of proxies than this are made up. */
const MOST_HOPS = 32

/** The address of the client behind `peer`, the connection's own address, as far as the settings believe proxies. */
export type ClientAddress = (headers: Headers, peer: string) => string

/**
 * Which hop is believed. A header is read only where the peer is a trusted proxy, and `X-Forwarded-For` only from the
 * right: each proxy appends the address that it saw, so the first one from the right that is no trusted proxy is the
 * client, and whatever stands left of it is what the client itself claims.
 */
export function createClientAddress(trustProxy: Settings['trustProxy']): ClientAddress {
  if (trustProxy === 'none') return (_headers, peer) => plainAddress(peer) ?? peer
  const isProxy = trustProxy === 'loopback' || trustProxy === 'cloudflare' ? isLoopback : within(trustProxy)
  const behind = trustProxy === 'cloudflare' ? connectingAddress : lastForwarded(isProxy)
  return (headers, peer) => {
    const address = plainAddress(peer) ?? peer
    return isProxy(address) ? (behind(headers) ?? address) : address
  }
}

/** Cloudflare's tunnel runs beside the server and names the one client: no list to walk. */
function connectingAddress(headers: Headers): string | undefined {
  const value = headers.get('cf-connecting-ip')
  return value === null ? undefined : plainAddress(value)
}

function lastForwarded(isProxy: (address: string) => boolean): (headers: Headers) => string | undefined {
  return (headers) => {
    const list = headers.get('x-forwarded-for')
    if (list === null) return undefined
    let believed: string | undefined
    let end = list.length
    for (let hop = 0; hop < MOST_HOPS && end >= 0; hop++) {
      const comma = end === 0 ? -1 : list.lastIndexOf(',', end - 1)
      const address = plainAddress(list.slice(comma + 1, end))
      // What a trusted proxy appended is an address. Anything else was there before it came.
      if (address === undefined) break
      believed = address
      if (!isProxy(address)) break
      end = comma
    }
    return believed
  }
}

function isLoopback(address: string): boolean {
  return address === '127.0.0.1' || address === '::1' || (address.startsWith('127.') && isIPv4(address))
}

/** `10.0.0.0/8`, `fd00::/8`, single addresses; checked when the settings were read. */
function within(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/**
 * One address in one form: no space, no brackets, no port (some proxies append it), IPv4 not dressed up as IPv6, no
 * zone. Undefined where it is none.
 */
function plainAddress(text: string): string | undefined {
  let address = text.trim()
  if (address.length > 64) return undefined
  const colon = address.indexOf(':')
  if (address.startsWith('[')) address = address.slice(1, address.indexOf(']'))
  else if (colon > 0 && colon === address.lastIndexOf(':')) address = address.slice(0, colon)
  if (/^::ffff:/i.test(address) && isIPv4(address.slice(7))) return address.slice(7)
  return isIP(address) === 0 ? undefined : withoutZone(address).toLowerCase()
}

function withoutZone(address: string): string {
  const zone = address.indexOf('%')
  return zone < 0 ? address : address.slice(0, zone)
}
