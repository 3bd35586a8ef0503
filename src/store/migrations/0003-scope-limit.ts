/** An initial access token bounds its clients for life: what it let them ask for is kept with each. */
export const scopeLimit = `
ALTER TABLE clients ADD COLUMN scope_limit TEXT;
`
