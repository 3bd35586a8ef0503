import { type JsonObject, parseJsonObject } from '../oauth/json.ts'
import { MemberFault } from '../oauth/member-fault.ts'
import { OperatorFault } from '../ops/fault.ts'
import { readNamedFile } from '../ops/named-file.ts'
import type { DataOptions } from './data.ts'

export type MetadataOptions = DataOptions & {
  readonly name?: string
  readonly redirectUri?: readonly string[]
  readonly authMethod?: string
  readonly scope?: string
  /** A JSON file, whose members the flags above go before. */
  readonly metadata?: string
}

/** The metadata that a command line names: those of the file, or else of `base`, with the flags over them. */
export function metadataOf(options: MetadataOptions, base: JsonObject): JsonObject | OperatorFault {
  const { name, redirectUri, authMethod, scope, metadata: file } = options
  const body = file === undefined ? base : readMetadata(file)
  if (body instanceof OperatorFault) return body
  return {
    ...body,
    ...(name !== undefined && { client_name: name }),
    ...(redirectUri && { redirect_uris: [...redirectUri] }),
    ...(authMethod !== undefined && { token_endpoint_auth_method: authMethod }),
    ...(scope !== undefined && { scope }),
  }
}

function readMetadata(path: string): JsonObject | OperatorFault {
  const bytes = readNamedFile(path)
  if (typeof bytes === 'string') return new OperatorFault(`The file ${path} ${bytes}`)
  const body = parseJsonObject(bytes)
  return body instanceof MemberFault ? new OperatorFault(`The file ${path} ${body.text}`) : body
}
