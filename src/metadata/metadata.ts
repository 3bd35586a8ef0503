import { resourceMetadata, resourceMetadataPaths } from '../oauth/resource-metadata.ts'
import { metadataPaths, openidConfiguration, serverMetadata } from '../oauth/server-metadata.ts'
import type { Emit } from '../ops/events.ts'
import type { Settings } from '../ops/settings.ts'
import { createCors } from '../web/cors.ts'
import { fixedDocument } from '../web/fixed-document.ts'
import type { Handler, Route } from '../web/handler.ts'

/** Seconds. Clients read a document twice in one sign-in; a changed setting has to be seen soon. */
const MAX_AGE = 60

export type MetadataSettings = Pick<
  Settings,
  | 'resource'
  | 'issuer'
  | 'registrationEndpoint'
  | 'authorizationEndpoint'
  | 'tokenEndpoint'
  | 'jwksUri'
  | 'revocationEndpoint'
  | 'introspectionEndpoint'
  | 'registrationAccess'
  | 'corsAllowOrigins'
>

/** The metadata documents: built once from the settings, never from a request. */
export function metadataRoutes({
  settings,
  emit = () => {},
}: {
  settings: MetadataSettings
  emit?: Emit
}): Route[] {
  const server = {
    ...settings,
    registrationEndpoint:
      settings.registrationAccess === 'closed' ? undefined : settings.registrationEndpoint,
  }
  const paths = metadataPaths(settings.issuer)
  const cors = createCors(settings.corsAllowOrigins)
  const routes = (name: string, where: readonly string[], document: object): Route[] => {
    const answer = fixedDocument({
      body: JSON.stringify(document),
      contentType: 'application/json',
      maxAge: MAX_AGE,
      cors,
    })
    const handler: Handler = (request, context) => {
      emit({ type: 'metadata.read', document: name, address: context.address })
      return answer(request, context)
    }
    return where.map((path) => ({ method: 'GET', path, surface: 'api', handler, fixed: true }))
  }
  return [
    ...routes('authorization server', paths.serverMetadata, serverMetadata(server)),
    ...routes('OpenID', paths.openidConfiguration, openidConfiguration(server)),
    ...routes(
      'resource',
      resourceMetadataPaths(settings.resource),
      resourceMetadata(settings.resource, settings.issuer),
    ),
  ]
}
