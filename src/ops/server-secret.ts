import { randomBytes } from 'node:crypto'
import { chmod, constants, copyFile, link, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from './fault.ts'

/** The file of the server's own secret, in the data directory. */
export const SECRET_FILE = 'secret.key'

/**
 * The server's own secret, 32 random bytes, for `createSealing`; made where there is none (file mode 0600). Of any
 * number of processes that start at once all get the same one. Throws where the file is there but is not a secret:
 * making another one would lock the signing keys away for good.
 */
export async function openServerSecret(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, SECRET_FILE)
  const secret = (await readSecret(file)) ?? (await makeSecret(file))
  // Copied or restored, it comes with the rights that any file would have.
  if ((await stat(file)).mode & 0o077) await chmod(file, 0o600)
  return secret
}

async function readSecret(file: string): Promise<Buffer | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return undefined
    throw fault
  }
  if (!/^[A-Za-z0-9_-]{43}\n?$/.test(text)) {
    throw new Error(
      `${file} is damaged; restore it from a backup (it opens the signing keys in the database)`,
    )
  }
  return Buffer.from(text.trim(), 'base64url')
}

/** Written aside, synced, and only then given its name: nobody reads half a secret, and the first one to name it wins. */
async function makeSecret(file: string): Promise<Buffer> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(aside, 'wx', 0o600)
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(aside, file)
  } catch (fault) {
    // Some file systems know no hard links; there a copy has to do.
    if (systemCode(fault) !== 'EEXIST')
      await copyFile(aside, file, constants.COPYFILE_EXCL).catch(unlessThere)
  } finally {
    await rm(aside, { force: true })
  }
  const secret = await readSecret(file)
  if (secret === undefined) throw new Error(`${file} vanished while it was made`)
  return secret
}

function unlessThere(fault: unknown): void {
  if (systemCode(fault) !== 'EEXIST') throw fault
}
