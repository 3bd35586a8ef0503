/**
 * Clients get a life: who brought them, whether they wait, when they were let in and last used, and what is left of
 * them. Columns that most rows leave empty stand at the end, a byte each. `used` told only whether; the time of the
 * first code was not kept, that of the registration stands for it. The indexes are partial: a client that was
 * authorized is in none of them, so what is swept is found without looking at what stays; the columns that are alike
 * in all of one's rows are in it, a byte each, because counting would read the table otherwise.
 */
export const lifeCycle = `
ALTER TABLE clients RENAME COLUMN used TO authorized_at;
UPDATE clients SET authorized_at = issued_at WHERE authorized_at <> 0;
ALTER TABLE clients ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN registration_token_hash BLOB;
ALTER TABLE clients ADD COLUMN last_used_at INTEGER;
ALTER TABLE clients ADD COLUMN source TEXT;
ALTER TABLE clients ADD COLUMN approval TEXT;
ALTER TABLE clients ADD COLUMN previous_registration_token_hash BLOB;
ALTER TABLE clients ADD COLUMN previous_secret_hash TEXT;
ALTER TABLE clients ADD COLUMN previous_secret_expires_at INTEGER;
ALTER TABLE clients ADD COLUMN kept_until INTEGER;
ALTER TABLE clients ADD COLUMN registered_from TEXT;
CREATE INDEX unused_clients ON clients (authorized_at, source, kept_until)
  WHERE authorized_at = 0 AND source IS NULL;
CREATE INDEX unused_clients_of_address ON clients (registered_from)
  WHERE registered_from IS NOT NULL AND authorized_at = 0;
CREATE INDEX waiting_clients ON clients (client_id) WHERE approval IS NOT NULL;
CREATE INDEX operated_clients ON clients (source, client_id) WHERE source IS NOT NULL;

CREATE TABLE tombstones (
  id INTEGER PRIMARY KEY,
  client_id TEXT NOT NULL UNIQUE,
  removed_at INTEGER NOT NULL,
  cause TEXT NOT NULL,
  held_secret INTEGER NOT NULL,
  client TEXT NOT NULL
) STRICT;

CREATE TABLE registration_tokens (
  token_id TEXT PRIMARY KEY,
  key BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  uses_left INTEGER,
  scope TEXT,
  note TEXT
) STRICT;

CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  address TEXT,
  client_id TEXT,
  client_name TEXT,
  detail TEXT,
  cause TEXT
) STRICT;
`
