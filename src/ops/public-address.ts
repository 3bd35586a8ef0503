import { BlockList, isIP } from 'node:net'

/**
 * IPv4 that is not the public internet: IANA's special-purpose registry (RFC 6890), multicast and reserved, and Azure's
 * service address, which stands in public space. The other clouds' metadata services are link-local, private or shared.
 */
const SPECIAL_IPV4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/**
 * IPv6 is allowed only where IANA hands it out to networks (RFC 4291 §2.4: global unicast, 2000::/3). Outside of it stand
 * loopback, link-local, unique local, multicast, and IPv4 in the clothes of IPv6 (::ffff:0:0/96, 64:ff9b::/96).
 */
const GLOBAL_IPV6: readonly [string, number][] = [['2000::', 3]]

/** Within it: protocols (Teredo, benchmarks, ORCHID), documentation, 6to4 (RFC 3056, any IPv4 inside), AS112. */
const SPECIAL_IPV6: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
]

const specialIpv4 = listOf(SPECIAL_IPV4, 'ipv4')
const globalIpv6 = listOf(GLOBAL_IPV6, 'ipv6')
const specialIpv6 = listOf(SPECIAL_IPV6, 'ipv6')

function listOf(networks: readonly [string, number][], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of networks) list.addSubnet(address, prefix, family)
  return list
}

/** Whether `address` (an IP address as text, no name) is one that anybody on the internet could be asked at. */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false
  const version = isIP(address)
  if (version === 4) return !specialIpv4.check(address, 'ipv4')
  return version === 6 && globalIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6')
}
