import { clientInformation } from '../oauth/client-information.ts'
import { parseClientMetadata, registeredScope } from '../oauth/client-metadata.ts'
import { clientName } from '../oauth/client-name.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { RequestContext } from '../web/handler.ts'
import { answerJson } from '../web/refusal.ts'
import { type Manager, managementOf } from './authenticate-manager.ts'
import type { ConfigurationDependencies } from './configure.ts'
import { becomesConfidential } from './credentials.ts'
import { judgeIssued } from './update-request.ts'
import { updatedClient } from './updated-client.ts'

/**
 * RFC 7592 §2.2: one try to replace the client as it was read. Its answer, or a refusal; `stale` where another update
 * came between, `gone` where the client went.
 */
export type Replace = (
  manager: Manager,
  body: JsonObject,
  context: RequestContext,
) => Promise<Response | OAuthError | 'stale' | 'gone'>

export function createReplacement(deps: Omit<ConfigurationDependencies, 'audit'>): Replace {
  const { settings, clients, isSecret, judge, now, random, emit } = deps
  const server = { origin: settings.resourceUrl }

  return async (manager, body, { address }) => {
    const at = now()
    const before = manager.client
    const { client_id } = before
    const fault = await judgeIssued(body, before, isSecret, at)
    if (fault) return fault
    const metadata = parseClientMetadata(body, server)
    if (metadata instanceof OAuthError) return metadata
    // As at registration, only a scope that was asked for by name restricts, which the default read back is not.
    const echoed = before.registered_scope === undefined && metadata.scope === before.metadata.scope
    const proposed = {
      metadata,
      ...(!echoed && registeredScope(body, metadata)),
    }
    const judged = await judge(proposed, { address, client: before })
    if (judged instanceof OAuthError) return judged

    const { client, issued } = await updatedClient(before, judged, manager.answerLost, settings, at, random)
    const client_name = clientName(client.metadata)
    const { redirect_uris } = client.metadata
    const outcome = await clients.replace(
      client,
      { at, type: 'client.updated', address, client_id, detail: client_name },
      { forgetConsents: becomesConfidential(before, client) },
    )
    if (outcome !== 'replaced') return outcome
    const { approval } = client
    emit({
      type: 'client.updated',
      client_id,
      client_name,
      redirect_uris,
      ...(approval && { approval }),
      address,
    })
    return answerJson(200, clientInformation(client, { ...managementOf(settings, manager), ...issued }))
  }
}
