/**
 * The first schema. Keys begin with the time, so that rows are appended; every further index is paid for at each
 * insert, so there are two. What belongs to a grant is alive only while the grant's row is there.
 */
export const start = `
CREATE TABLE clients (
  client_id TEXT PRIMARY KEY,
  issued_at INTEGER NOT NULL,
  secret_hash TEXT,
  secret_expires_at INTEGER,
  registered_scope TEXT,
  used INTEGER NOT NULL DEFAULT 0,
  metadata TEXT NOT NULL
) STRICT;

CREATE TABLE consents (
  client_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  redirect_hosts TEXT NOT NULL,
  PRIMARY KEY (client_id, account_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE decisions (
  id TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE codes (
  key BLOB PRIMARY KEY,
  client_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  redirect_uri_given INTEGER NOT NULL,
  scope TEXT NOT NULL,
  resource TEXT NOT NULL,
  code_challenge TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  grant_id TEXT
) WITHOUT ROWID, STRICT;

CREATE TABLE grants (
  grant_id TEXT PRIMARY KEY,
  client_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  resource TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX grants_of_client ON grants (client_id);

CREATE TABLE refresh_tokens (
  key BLOB PRIMARY KEY,
  grant_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  successors BLOB
) WITHOUT ROWID, STRICT;
CREATE INDEX live_refresh_tokens ON refresh_tokens (grant_id) WHERE used_at IS NULL;

CREATE TABLE accounts (
  account_id TEXT PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  key BLOB PRIMARY KEY,
  account_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE signing_keys (
  id INTEGER PRIMARY KEY,
  kid TEXT NOT NULL UNIQUE,
  alg TEXT NOT NULL,
  public_jwk TEXT NOT NULL,
  private_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER
) STRICT;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  address TEXT,
  client_id TEXT,
  account_id TEXT,
  detail TEXT
) STRICT;

CREATE TABLE refusals (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  address TEXT,
  client_id TEXT,
  account_id TEXT,
  detail TEXT
) STRICT;
`
