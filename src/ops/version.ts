import { readFileSync } from 'node:fs'

const manifest: { version: string } = JSON.parse(
  // From src/ops and from dist/ops it is two folders up.
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

/** The version of this program, as its package names it. */
export const VERSION: string = manifest.version
