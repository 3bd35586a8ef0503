import { flagName, SETTING_NAMES, SETTINGS, type Setting } from './setting-table.ts'

/** docs/reference/settings.md, from the table of settings. */
export function settingsReference(): string {
  const rows = SETTING_NAMES.map((name) => {
    const row: Setting<unknown> = SETTINGS[name]
    const value = row.fallback === undefined ? (row.derived ?? '') : `\`${row.fallback}\``
    const flag = row.secret ? 'none' : name === 'CORPUSIQ_CORPUS' ? 'arguments' : `\`--${flagName(name)}\``
    return `| \`${name}\` | ${flag} | ${value} | ${row.doc} | \`${row.example}\` |`
  })
  return `# Settings

<!-- Made by \`npm run docs\` from src/ops/setting-table.ts. Change it there. -->

A setting comes from a flag of \`corpusiq serve\`, else from the environment, else from a \`.env\` file in the working
directory, else from its default. A wrong value stops the start with one line. \`corpusiq settings\` shows what is in
force and where it comes from.

| setting | flag | default | what it says | example |
|---|---|---|---|---|
${rows.join('\n')}
`
}
