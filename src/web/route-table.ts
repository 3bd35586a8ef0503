import type { Route, Surface } from './handler.ts'

/** A path of ours: who speaks there and what it takes. */
export type Place = {
  readonly surface: Surface
  readonly methods: ReadonlyMap<string, Route>
  /** The value of `Allow` (RFC 9110 §10.2.1). */
  readonly allow: string
}

/** A place, and the last part of the path where the place was found by all but that. */
export type Found = { readonly place: Place; readonly parameter: string }

export type RouteTable = (path: string) => Found | undefined

const EVERY_METHOD = 'GET, HEAD, POST, PUT, DELETE, OPTIONS'

/**
 * One table of exact paths, and of paths that end in one free segment. Paths are compared as they were sent: nothing
 * is decoded or tidied up before, so `//`, `/../` and `%2e` are paths that nobody serves. Two routes for one method
 * and path are a mistake of ours and throw.
 */
export function createRouteTable(routes: readonly Route[]): RouteTable {
  const exact = new Map<string, Place>()
  const open = new Map<string, Place>()
  for (const [pattern, group] of Map.groupBy(routes, (route) => route.path)) {
    const parameter = pattern.indexOf('/:')
    if (parameter < 0) exact.set(pattern, placeOf(pattern, group))
    else open.set(pattern.slice(0, parameter + 1), placeOf(pattern, group))
  }
  return (path) => {
    const place = exact.get(path)
    if (place) return { place, parameter: '' }
    const segment = path.lastIndexOf('/') + 1
    const around = segment < path.length ? open.get(path.slice(0, segment)) : undefined
    return around && { place: around, parameter: path.slice(segment) }
  }
}

/** The route that `method` meets at `place`; HEAD is GET without the body (RFC 9110 §9.3.2). */
export function routeFor(place: Place, method: string): Route | undefined {
  const { methods } = place
  return methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined) ?? methods.get('*')
}

function placeOf(pattern: string, routes: readonly Route[]): Place {
  const methods = new Map<string, Route>()
  for (const route of routes) {
    const other = methods.get(route.method)
    if (other) throw new Error(`two routes for ${route.method} ${pattern}`)
    methods.set(route.method, route)
  }
  const names = [...methods.keys()].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return {
    surface: (routes[0] as Route).surface,
    methods,
    allow: methods.has('*') ? EVERY_METHOD : [...names, 'OPTIONS'].join(', '),
  }
}
