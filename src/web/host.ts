const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

/** The `host[:port]` of RFC 9110 §7.2; user-info and anything else makes no host of ours. */
const HOST = /^(\[[0-9a-f:.]+\]|[^:@/\\[\]\s]+)(?::\d{0,5})?$/i

/** As many verdicts as are kept; whoever sends more different hosts is no user of ours. */
const REMEMBERED = 256

export type HostCheck = {
  /** Whether a request for `host` (`name[:port]`, as sent) is one for this server. Any port passes: tunnels change it. */
  isOurs(host: string): boolean
  /** True the first time that this refused host is seen: it is told once. Bounded. */
  isNews(host: string): boolean
}

/**
 * Against DNS rebinding: a page that made its own name resolve to this machine still says that name here. Ours are the
 * public URL's name and the names of loopback.
 */
export function createHostCheck(resourceUrl: string): HostCheck {
  const names = new Set([new URL(resourceUrl).hostname, ...LOOPBACK_NAMES])
  const ours = new Set<string>()
  const told = new Set<string>()
  return {
    isOurs(host) {
      if (ours.has(host)) return true
      const name = HOST.exec(host)?.[1]?.toLowerCase()
      if (name === undefined || !names.has(name)) return false
      if (ours.size < REMEMBERED) ours.add(host)
      return true
    },
    isNews(host) {
      if (told.size >= REMEMBERED || told.has(host)) return false
      told.add(host)
      return true
    },
  }
}
