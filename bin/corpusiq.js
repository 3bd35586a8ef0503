#!/usr/bin/env node
// Old JavaScript on purpose: an older Node.js has to be able to read this far, and to say so in one line.
var needed = [24, 7]
var found = process.versions.node.split('.').map(Number)
if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  process.stderr.write(
    'CorpusIQ needs Node.js ' +
      needed.join('.') +
      ' or newer; this is ' +
      process.version +
      '. Get one from https://nodejs.org\n',
  )
  process.exitCode = 1
} else {
  // What V8 makes of the program is kept beside it, where nobody else can write, and spares later starts a part.
  process
    .getBuiltinModule('node:module')
    .enableCompileCache(
      process.getBuiltinModule('node:url').fileURLToPath(new URL('../.compile-cache', import.meta.url)),
    )
  import('../dist/cli/main.js')
}
