/**
 * Where an endpoint is served: at the path that the settings name, and at the default one below the issuer and at the
 * root, which some clients invent whatever the metadata says. `path` is the default one, e.g. `/register`; each once.
 */
export function endpointPaths(endpoint: string, issuer: string, path: string): string[] {
  return [...new Set([new URL(endpoint).pathname, new URL(issuer + path).pathname, path])]
}
