import { OAuthError } from '../../oauth/errors.ts'
import type { Parameters } from '../../oauth/parameters.ts'
import { parseResource } from '../../oauth/resource-indicator.ts'
import type { GrantDependencies } from './grant-type.ts'

/**
 * `invalid_target` where the request names another resource than the one granted; none named means that one
 * (RFC 8707 §2.2: known clients send it at the authorization endpoint only).
 */
export function otherResource(
  form: Parameters,
  granted: string,
  settings: GrantDependencies['settings'],
): OAuthError | undefined {
  const values = form.all('resource')
  if (values.length === 0) return undefined
  const resource = parseResource(values, settings)
  if (resource instanceof OAuthError) return resource
  return resource === granted
    ? undefined
    : new OAuthError('invalid_target', 'the resource is not the one that was granted')
}
