import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { type Configuration, configure, readEnvFile, SettingFault, type Sources } from './config.ts'

const DIRECTORY = resolve('/somewhere')

function sources(environment: Record<string, string>, more: Partial<Sources> = {}): Sources {
  return {
    flags: {},
    environment,
    file: {},
    directory: DIRECTORY,
    terminal: false,
    sampleCorpus: resolve('/sample'),
    ...more,
  }
}

function good(environment: Record<string, string>, more: Partial<Sources> = {}): Configuration {
  const result = configure(sources(environment, more))
  if (result instanceof SettingFault) throw new Error(result.line)
  return result
}

test('defaults: every setting has the value that the table of settings names', () => {
  const { settings, warnings } = good({})
  assert.deepEqual(settings, {
    resourceUrl: 'http://127.0.0.1:8787',
    resource: 'http://127.0.0.1:8787/mcp',
    issuer: 'http://127.0.0.1:8787',
    registrationEndpoint: 'http://127.0.0.1:8787/register',
    authorizationEndpoint: 'http://127.0.0.1:8787/authorize',
    tokenEndpoint: 'http://127.0.0.1:8787/token',
    jwksUri: 'http://127.0.0.1:8787/.well-known/jwks.json',
    revocationEndpoint: 'http://127.0.0.1:8787/revoke',
    introspectionEndpoint: 'http://127.0.0.1:8787/introspect',
    registrationAccess: 'open',
    registrationPolicy: undefined,
    clientsFile: undefined,
    corsAllowOrigins: '*',
    clientSecretTtl: 90 * 86_400,
    clientSecretHash: 'sha256',
    clientSecretRenewOnUse: true,
    clientSecretOverlap: 86_400,
    rotateOnUpdate: false,
    refreshTokenTtl: 90 * 86_400,
    accessTokenTtl: 3600,
    refreshGrace: 60,
    registrationRate: { points: 120, seconds: 60 },
    unusedClientTtl: 86_400,
    maxUnusedClients: 10_000,
    inactiveClientTtl: 365 * 86_400,
    reviveClients: true,
    host: '127.0.0.1',
    port: 8787,
    dataDir: resolve(DIRECTORY, '.corpusiq'),
    corpus: [resolve('/sample')],
    webRefresh: 86_400,
    embeddings: undefined,
    corpusIsSample: true,
    trustProxy: 'loopback',
    logLevel: 'info',
    logFormat: 'json',
    ownerUsername: undefined,
    ownerPassword: undefined,
  })
  assert.deepEqual(warnings, [])
  assert.ok(Object.isFrozen(settings))
})

test('a flag is stronger than the environment, that than the .env file, that than the default', () => {
  const flags = { CORPUSIQ_PORT: '1' }
  const file = { CORPUSIQ_PORT: '3' }
  assert.equal(good({ CORPUSIQ_PORT: '2' }, { flags, file }).settings.port, 1)
  assert.equal(good({ CORPUSIQ_PORT: '2' }, { file }).settings.port, 2)
  assert.equal(good({}, { file }).settings.port, 3)
  // An empty variable is how shells and Compose files say that it is not set.
  assert.equal(good({ CORPUSIQ_PORT: ' ' }, { file }).settings.port, 3)
})

test('who may register: a closed door stays closed whatever the other setting says', () => {
  const access = (environment: Record<string, string>) => good(environment).settings.registrationAccess
  for (const mode of ['open', 'token', 'approval', 'closed'] as const) {
    assert.equal(access({ CORPUSIQ_REGISTRATION_ACCESS: mode }), mode)
    assert.equal(access({ CORPUSIQ_REGISTRATION_ACCESS: mode.toUpperCase() }), mode)
    const both = { CORPUSIQ_REGISTRATION_ACCESS: mode, CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION: 'false' }
    assert.equal(access(both), 'closed')
    assert.equal(access({ ...both, CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION: 'true' }), mode)
  }
  assert.equal(
    good({ CORPUSIQ_REGISTRATION_POLICY: './policy.json' }).settings.registrationPolicy,
    resolve(DIRECTORY, 'policy.json'),
  )
})

test('the public URL follows the port, and is the loopback one where the server listens on all addresses', () => {
  assert.equal(good({ CORPUSIQ_PORT: '9000' }).settings.resourceUrl, 'http://127.0.0.1:9000')
  for (const host of ['0.0.0.0', '::', '[::]']) {
    assert.equal(good({ CORPUSIQ_HOST: host }).settings.resourceUrl, 'http://127.0.0.1:8787')
  }
  assert.equal(good({ CORPUSIQ_HOST: '::1' }).settings.resourceUrl, 'http://[::1]:8787')
  assert.equal(good({ CORPUSIQ_HOST: 'localhost' }).settings.resourceUrl, 'http://localhost:8787')
})

test('a trailing slash of any URL setting is dropped', () => {
  const { settings } = good({
    CORPUSIQ_OAUTH_RESOURCE_URL: 'https://notes.example.com/',
    CORPUSIQ_OAUTH_ISSUER: 'https://notes.example.com/auth/',
    CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'https://notes.example.com/oauth/token/',
    CORPUSIQ_CORS_ALLOW_ORIGINS_CSV: 'https://chat.openai.com/, https://chatgpt.com',
  })
  assert.equal(settings.resourceUrl, 'https://notes.example.com')
  assert.equal(settings.resource, 'https://notes.example.com/mcp')
  assert.equal(settings.issuer, 'https://notes.example.com/auth')
  assert.equal(settings.registrationEndpoint, 'https://notes.example.com/auth/register')
  assert.equal(settings.tokenEndpoint, 'https://notes.example.com/oauth/token')
  assert.deepEqual(settings.corsAllowOrigins, ['https://chat.openai.com', 'https://chatgpt.com'])
})

test('http lets nothing through but loopback, unless CORPUSIQ_UNSAFE_ALLOW_HTTP says so, with a warning', () => {
  const environment = { CORPUSIQ_OAUTH_RESOURCE_URL: 'http://192.168.1.5:8787' }
  assert.ok(configure(sources(environment)) instanceof SettingFault)
  const { settings, warnings } = good({ ...environment, CORPUSIQ_UNSAFE_ALLOW_HTTP: 'true' })
  assert.equal(settings.resourceUrl, 'http://192.168.1.5:8787')
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /^CORPUSIQ_UNSAFE_ALLOW_HTTP: .*in the clear/)
  for (const url of ['http://localhost', 'http://127.9.9.9:1', 'http://[::1]:8787', 'http://app.localhost']) {
    assert.deepEqual(good({ CORPUSIQ_OAUTH_RESOURCE_URL: url }).warnings, [])
  }
})

const WRONG: [string, Record<string, string>, string][] = [
  ['a path in the public URL', { CORPUSIQ_OAUTH_RESOURCE_URL: 'https://a.example/mcp' }, 'has a path'],
  ['a query in it', { CORPUSIQ_OAUTH_RESOURCE_URL: 'https://a.example?x' }, 'has a query'],
  ['a fragment in it', { CORPUSIQ_OAUTH_RESOURCE_URL: 'https://a.example/#x' }, 'has a fragment'],
  ['a password in it', { CORPUSIQ_OAUTH_RESOURCE_URL: 'https://me:pass@a.example' }, 'password'],
  ['no URL', { CORPUSIQ_OAUTH_RESOURCE_URL: 'a.example' }, 'not an http or https URL'],
  ['two slashes behind it', { CORPUSIQ_OAUTH_RESOURCE_URL: 'https://a.example//' }, 'has a path'],
  ['plain http to a public host', { CORPUSIQ_OAUTH_RESOURCE_URL: 'http://a.example' }, 'neither https nor'],
  [
    'plain http by a name like loopback',
    { CORPUSIQ_OAUTH_RESOURCE_URL: 'http://127.0.0.1.a.example' },
    'neither',
  ],
  [
    'an issuer elsewhere',
    { CORPUSIQ_OAUTH_ISSUER: 'https://login.example.com' },
    'not on http://127.0.0.1:8787',
  ],
  ['an issuer on another port', { CORPUSIQ_OAUTH_ISSUER: 'http://127.0.0.1:9' }, 'not on'],
  ['an issuer in other letters', { CORPUSIQ_OAUTH_ISSUER: 'HTTP://127.0.0.1:8787' }, 'has to be written'],
  ['an issuer with a query', { CORPUSIQ_OAUTH_ISSUER: 'http://127.0.0.1:8787/a?b' }, 'has a query'],
  ['an issuer with dots', { CORPUSIQ_OAUTH_ISSUER: 'http://127.0.0.1:8787/a/../b' }, 'has to be written'],
  ['an endpoint elsewhere', { CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'https://b.example/token' }, 'not on'],
  [
    'an endpoint without a path',
    { CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'http://127.0.0.1:8787/' },
    'taken by the server itself',
  ],
  ['a path pattern', { CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'http://127.0.0.1:8787/:name' }, 'signs other'],
  [
    'an endpoint at another one’s place',
    { CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'http://127.0.0.1:8787/register' },
    'taken',
  ],
  ['an endpoint at /mcp', { CORPUSIQ_OAUTH_JWKS_URI: 'http://127.0.0.1:8787/mcp' }, 'taken'],
  ['an endpoint at a page', { CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'http://127.0.0.1:8787/login' }, 'taken'],
  [
    'a registration endpoint whose clients would stand among the documents',
    { CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT: 'http://127.0.0.1:8787/documents' },
    'taken by the server itself',
  ],
  [
    'an endpoint among documents',
    { CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'http://127.0.0.1:8787/documents/x' },
    'taken',
  ],
  [
    'an endpoint at metadata',
    { CORPUSIQ_OAUTH_JWKS_URI: 'http://127.0.0.1:8787/.well-known/openid-configuration' },
    'taken',
  ],
  [
    'an endpoint at a default path of the origin',
    {
      CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'http://127.0.0.1:8787/register',
      CORPUSIQ_OAUTH_ISSUER: 'http://127.0.0.1:8787/auth',
    },
    'taken by CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT',
  ],
  [
    'two endpoints at one path',
    {
      CORPUSIQ_OAUTH_TOKEN_ENDPOINT: 'http://127.0.0.1:8787/a',
      CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT: 'http://127.0.0.1:8787/a',
    },
    'taken by CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT',
  ],
  ['neither yes nor no', { CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION: 'maybe' }, 'neither true nor false'],
  [
    'no way to register',
    { CORPUSIQ_REGISTRATION_ACCESS: 'invite' },
    'is none of open, token, approval, closed',
  ],
  ['an origin with a path', { CORPUSIQ_CORS_ALLOW_ORIGINS_CSV: 'https://a.example/x' }, 'not an origin'],
  ['an origin list with *', { CORPUSIQ_CORS_ALLOW_ORIGINS_CSV: '*,https://a.example' }, 'not an origin'],
  ['the origin null', { CORPUSIQ_CORS_ALLOW_ORIGINS_CSV: 'null' }, 'not an origin'],
  ['a negative number', { CORPUSIQ_CLIENT_SECRET_TTL_DAYS: '-1' }, 'not a whole number'],
  ['a fraction', { CORPUSIQ_REFRESH_TOKEN_TTL_DAYS: '1.5' }, 'not a whole number'],
  ['no life at all', { CORPUSIQ_ACCESS_TOKEN_TTL_SECONDS: '0' }, 'from 1 to'],
  ['a grace beyond an hour', { CORPUSIQ_REFRESH_GRACE_SECONDS: '3601' }, 'from 0 to 3600'],
  ['another hash', { CORPUSIQ_CLIENT_SECRET_HASH: 'md5' }, 'none of sha256, argon2id'],
  ['no rate', { CORPUSIQ_REGISTRATION_RATE: '120' }, 'neither a rate'],
  ['a rate of nothing', { CORPUSIQ_REGISTRATION_RATE: '0/minute' }, 'neither a rate'],
  ['a web source asked too often', { CORPUSIQ_WEB_REFRESH: '9m' }, 'shorter than 10 minutes'],
  ['no endpoint of embeddings', { CORPUSIQ_EMBEDDINGS_URL: 'localhost:11434' }, 'not an http or https URL'],
  [
    'an endpoint with a password',
    { CORPUSIQ_EMBEDDINGS_URL: 'http://a:b@localhost/' },
    'user name or password',
  ],
  ['no port', { CORPUSIQ_PORT: '65536' }, 'from 0 to 65535'],
  ['no host', { CORPUSIQ_HOST: 'http://x' }, 'neither an address'],
  ['no proxy', { CORPUSIQ_TRUST_PROXY: '10.0.0.0/33' }, 'no network'],
  ['no level', { CORPUSIQ_LOG_LEVEL: 'loud' }, 'none of silent'],
  ['no format', { CORPUSIQ_LOG_FORMAT: 'xml' }, 'none of pretty'],
]

for (const [what, environment, reason] of WRONG) {
  test(`a wrong value is told in one line with setting, fault and example: ${what}`, () => {
    const fault = configure(sources(environment))
    assert.ok(fault instanceof SettingFault)
    const name = Object.keys(environment)[0] ?? ''
    assert.equal(fault.setting, name)
    assert.ok(fault.line.startsWith(`${name}: `), fault.line)
    assert.ok(fault.line.includes(reason), fault.line)
    assert.match(fault.line, new RegExp(`\\. Example: ${name}=\\S+`))
    assert.doesNotMatch(fault.line, /\n/)
  })
}

test('a wrong value says where it stands, and is shown bounded and without control characters', () => {
  const flag = configure(sources({}, { flags: { CORPUSIQ_PORT: 'x' } }))
  assert.match(flag instanceof SettingFault ? flag.line : '', /^CORPUSIQ_PORT \(--port\): "x" is not/)
  const file = configure(sources({}, { file: { CORPUSIQ_PORT: 'x' } }))
  assert.match(file instanceof SettingFault ? file.line : '', /^CORPUSIQ_PORT \(in \.env\): "x" is not/)
  const hostile = configure(sources({ CORPUSIQ_PORT: `\u001b[2J\n${'9'.repeat(5000)}` }))
  assert.ok(hostile instanceof SettingFault && hostile.line.length < 300)
  assert.doesNotMatch(hostile.line, /[\u001b\n]/)
})

test('an owner needs a name and a password, and the password is never shown', () => {
  const nameOnly = configure(sources({ CORPUSIQ_OWNER_USERNAME: 'maria' }))
  assert.equal(nameOnly instanceof SettingFault && nameOnly.setting, 'CORPUSIQ_OWNER_PASSWORD')
  const passwordOnly = configure(sources({ CORPUSIQ_OWNER_PASSWORD: 'correct horse' }))
  assert.ok(passwordOnly instanceof SettingFault)
  assert.equal(passwordOnly.setting, 'CORPUSIQ_OWNER_USERNAME')
  assert.doesNotMatch(passwordOnly.line, /correct horse/)
  const { settings, effective } = good({
    CORPUSIQ_OWNER_USERNAME: 'maria',
    CORPUSIQ_OWNER_PASSWORD: ' correct horse ',
  })
  assert.equal(settings.ownerPassword, ' correct horse ')
  assert.doesNotMatch(JSON.stringify(effective), /correct horse/)
})

test('embeddings come from an endpoint with a model and perhaps a key, or from a folder; the key is never shown', () => {
  const CORPUSIQ_EMBEDDINGS_URL = 'http://localhost:11434/v1'
  const CORPUSIQ_EMBEDDINGS_MODEL = 'nomic-embed-text'
  const CORPUSIQ_EMBEDDINGS_KEY = 'sk-hidden'
  const { settings, effective } = good({
    CORPUSIQ_EMBEDDINGS_URL,
    CORPUSIQ_EMBEDDINGS_MODEL,
    CORPUSIQ_EMBEDDINGS_KEY,
  })
  assert.deepEqual(settings.embeddings, {
    url: CORPUSIQ_EMBEDDINGS_URL,
    model: CORPUSIQ_EMBEDDINGS_MODEL,
    key: CORPUSIQ_EMBEDDINGS_KEY,
  })
  assert.doesNotMatch(JSON.stringify(effective), /sk-hidden/)
  assert.deepEqual(good({ CORPUSIQ_EMBEDDINGS_MODEL: './model' }).settings.embeddings, {
    folder: resolve(DIRECTORY, 'model'),
  })
  const fault = (environment: Record<string, string>) => {
    const wrong = configure(sources(environment))
    return wrong instanceof SettingFault ? wrong.setting : undefined
  }
  assert.equal(fault({ CORPUSIQ_EMBEDDINGS_URL }), 'CORPUSIQ_EMBEDDINGS_MODEL')
  assert.equal(fault({ CORPUSIQ_EMBEDDINGS_KEY }), 'CORPUSIQ_EMBEDDINGS_URL')
  assert.equal(fault({ CORPUSIQ_EMBEDDINGS_KEY, CORPUSIQ_EMBEDDINGS_MODEL }), 'CORPUSIQ_EMBEDDINGS_URL')
})

test('a name that is no setting is a warning with the nearest known one', () => {
  const { warnings } = good(
    { CORPUSIQ_PROT: '1', PATH: '/bin' },
    { file: { CORPUSIQ_OAUTH_RESSOURCE_URL: 'x' } },
  )
  assert.deepEqual(warnings, [
    '"CORPUSIQ_PROT" is not a setting; did you mean CORPUSIQ_PORT?',
    '"CORPUSIQ_OAUTH_RESSOURCE_URL" is not a setting; did you mean CORPUSIQ_OAUTH_RESOURCE_URL?',
  ])
})

test('folders: named as arguments they start where they were typed, in the environment at the working directory', () => {
  const typedIn = resolve('/typed')
  const flags = { CORPUSIQ_CORPUS: ['./a, b', '/c'] }
  assert.deepEqual(good({}, { flags, typedIn }).settings.corpus, [resolve(typedIn, 'a, b'), resolve('/c')])
  const environment = { CORPUSIQ_CORPUS: './a, ./b' }
  assert.deepEqual(good(environment, { typedIn }).settings.corpus, [
    resolve(DIRECTORY, 'a'),
    resolve(DIRECTORY, 'b'),
  ])
})

test('an empty list is a wrong value: an empty folder name must not mean the working directory', () => {
  for (const name of ['CORPUSIQ_CORPUS', 'CORPUSIQ_CORS_ALLOW_ORIGINS_CSV', 'CORPUSIQ_TRUST_PROXY']) {
    const fault = configure(sources({ [name]: ' , ' }))
    assert.match(fault instanceof SettingFault ? fault.line : '', new RegExp(`^${name}: "," names nothing`))
  }
  const fault = configure(sources({}, { flags: { CORPUSIQ_CORPUS: ['./notes', ''] } }))
  assert.match(fault instanceof SettingFault ? fault.line : '', /^CORPUSIQ_CORPUS \(an argument\): .*empty/)
})

test('a .env file as editors on Windows write it: a byte order mark is no part of the first name', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'corpusiq-env-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  assert.deepEqual({ ...readEnvFile(directory) }, {})
  writeFileSync(join(directory, '.env'), '\uFEFFCORPUSIQ_PORT=9000\r\nCORPUSIQ_HOST="::1"\r\n')
  assert.deepEqual({ ...readEnvFile(directory) }, { CORPUSIQ_PORT: '9000', CORPUSIQ_HOST: '::1' })
})

test('the other forms: off, 0 for ever, networks, format by terminal', () => {
  assert.equal(good({ CORPUSIQ_REGISTRATION_RATE: 'off' }).settings.registrationRate, undefined)
  assert.deepEqual(good({ CORPUSIQ_REGISTRATION_RATE: '5/second' }).settings.registrationRate, {
    points: 5,
    seconds: 1,
  })
  assert.equal(good({ CORPUSIQ_CLIENT_SECRET_TTL_DAYS: '0' }).settings.clientSecretTtl, 0)
  assert.deepEqual(good({ CORPUSIQ_TRUST_PROXY: '10.0.0.0/8, fd00::/8, 192.0.2.1' }).settings.trustProxy, [
    '10.0.0.0/8',
    'fd00::/8',
    '192.0.2.1',
  ])
  assert.equal(good({}, { terminal: true }).settings.logFormat, 'pretty')
})

test('what is in force is told with its source, defaults that depend on others included', () => {
  const { effective } = good(
    { CORPUSIQ_OAUTH_RESOURCE_URL: 'https://a.example' },
    { flags: { CORPUSIQ_PORT: '9' } },
  )
  const told = new Map(effective.map((row) => [row.name, `${row.value} ${row.source}`]))
  assert.equal(told.get('CORPUSIQ_OAUTH_RESOURCE_URL'), 'https://a.example environment')
  assert.equal(told.get('CORPUSIQ_OAUTH_TOKEN_ENDPOINT'), 'https://a.example/token default')
  assert.equal(told.get('CORPUSIQ_PORT'), '9 flag')
  assert.equal(told.get('CORPUSIQ_REFRESH_GRACE_SECONDS'), '60 default')
})
