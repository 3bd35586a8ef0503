/** NIST SP 800-63B §5.1.1.2: "at least 8 characters in length"; length only, no rules of composition. */
export const PASSWORD_MIN = 8
/** Enough for any sentence; the bound keeps hashing cheap. */
export const PASSWORD_MAX = 1024
export const USERNAME_MAX = 64

/** NIST SP 800-63B §5.1.1.2: compared against "values known to be commonly-used, expected, or compromised". */
const COMMON = new Set(
  (
    'password password1 password12 password123 passw0rd p@ssw0rd 12345678 123456789 1234567890 87654321 ' +
    '11111111 00000000 12341234 1q2w3e4r 1q2w3e4r5t qwertyui qwertyuiop qwerty123 qwerty12 asdfghjkl ' +
    'iloveyou sunshine princess football baseball superman trustno1 welcome1 whatever starwars letmein1 ' +
    'changeme changeit abcd1234 abc12345 admin123 administrator corpusiq'
  ).split(' '),
)

/** What is wrong with a name and password that somebody chose, as a sentence; undefined where nothing is. */
export function credentialsFault(username: string, password: string): string | undefined {
  if (username.trim() === '') return 'The username is missing.'
  if (username.length > USERNAME_MAX) return `The username must have at most ${USERNAME_MAX} characters.`
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(username)) return 'The username must not have control characters.'
  const length = [...password].length
  if (length < PASSWORD_MIN) return `The password must have at least ${PASSWORD_MIN} characters.`
  if (length > PASSWORD_MAX) return `The password must have at most ${PASSWORD_MAX} characters.`
  const plain = password.toLowerCase()
  if (COMMON.has(plain) || plain === username.trim().toLowerCase()) {
    return 'This password is too easy to guess. Take a longer one, for instance a few words.'
  }
  return undefined
}

/**
 * A username as it is stored and looked up: composed characters, no space around it. Composing takes time with the
 * square of combining marks in a row, so no more is looked at than a name may have (CWE-407).
 */
export function canonicalUsername(username: string): string {
  return username
    .slice(0, 4 * USERNAME_MAX)
    .normalize('NFKC')
    .trim()
}
