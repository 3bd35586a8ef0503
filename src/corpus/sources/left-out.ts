/** Names that hold keys and passwords, whatever the ending. */
const SECRET_NAMES =
  /^(?:id_(?:rsa|dsa|ecdsa|ed25519|ed448|xmss)|identity|htpasswd|shadow|master\.key)(?:$|[._-])/
const SECRET_ENDINGS =
  /(?:^|\.)(?:env|pem|key|p8|p12|pfx|pk8|ppk|jks|keystore|kdbx?|gpg|pgp|ovpn|keytab|pkcs12)(?:$|~$|\.(?:bak|old|orig|save|txt)$)/
const BUILT = new Set([
  'node_modules',
  '__pycache__',
  'lost+found',
  '$recycle.bin',
  'system volume information',
])

/**
 * Whether a file or folder of this name is never looked at, wherever it stands: hidden ones (`.git`, `.env`, `.ssh`
 * among them), what package managers install, keys and passwords. By name alone, in any case.
 */
export function isLeftOut(name: string): boolean {
  const lower = name.toLowerCase()
  return lower.startsWith('.') || BUILT.has(lower) || SECRET_NAMES.test(lower) || SECRET_ENDINGS.test(lower)
}

/** The same for each part of a path relative to its source. */
export function isPathLeftOut(path: string): boolean {
  return path !== '' && path.split('/').some(isLeftOut)
}
