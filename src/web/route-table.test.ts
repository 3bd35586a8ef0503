import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from './handler.ts'
import { createRouteTable, routeFor } from './route-table.ts'

const route = (method: Route['method'], path: string): Route => ({
  method,
  path,
  surface: 'api',
  handler: () => new Response(),
})
const routes = [
  route('GET', '/authorize'),
  route('POST', '/authorize'),
  route('POST', '/token'),
  route('*', '/mcp'),
  route('GET', '/documents/:id'),
]
const find = createRouteTable(routes)

test('a path is found as it is written, and only so', () => {
  assert.equal(find('/token')?.place.methods.get('POST'), routes[2])
  for (const path of [
    '/token/',
    '/Token',
    '//token',
    '/token%2f',
    '/./token',
    '/x/../token',
    '/%74oken',
    '',
  ]) {
    assert.equal(find(path), undefined, path)
  }
})

test('the last segment is handed on undecoded; none and two of them are not found', () => {
  const found = find('/documents/a%2Fb')
  assert.equal(found?.parameter, 'a%2Fb')
  assert.equal(found?.place.methods.get('GET'), routes[4])
  for (const path of ['/documents/', '/documents', '/documents/a/b', '/documents/a/', '//documents/a']) {
    assert.equal(find(path), undefined, path)
  }
})

test('Allow lists what a path takes; HEAD comes with GET', () => {
  assert.equal(find('/authorize')?.place.allow, 'GET, HEAD, POST, OPTIONS')
  assert.equal(find('/token')?.place.allow, 'POST, OPTIONS')
})

test('HEAD meets the GET route, a star meets every method, a missing method nothing', () => {
  const at = (path: string, method: string) => {
    const found = find(path)
    assert.ok(found)
    return routeFor(found.place, method)
  }
  assert.equal(at('/authorize', 'HEAD'), routes[0])
  assert.equal(at('/mcp', 'DELETE'), routes[3])
  assert.equal(at('/mcp', 'HEAD'), routes[3])
  assert.equal(at('/token', 'GET'), undefined)
  assert.equal(at('/token', 'HEAD'), undefined)
  assert.equal(at('/token', '__proto__'), undefined)
})

test('two routes for one method and path are a mistake, told at the start', () => {
  assert.throws(() => createRouteTable([...routes, route('POST', '/token')]), /two routes for POST \/token/)
})
