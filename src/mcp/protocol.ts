import type { Corpus } from '../corpus/corpus.ts'
import { createCapabilityServer } from './capability-server.ts'
import { createDispatch } from './dispatch.ts'
import type { ToolReach } from './tools/tool.ts'

/** Answers a message that was read, judged and admitted. Rejects with what is a bug of ours. */
export type Protocol = (request: Request, message: unknown) => Promise<Response>

/** The protocol over the official SDK. Whoever imports this file loads the SDK and all that it brings. */
export function createProtocol(reach: ToolReach & { readonly corpus: Corpus }): Protocol {
  const faults = new WeakMap<Request, { fault: unknown }>()
  const dispatch = createDispatch((request) =>
    createCapabilityServer(reach, (fault) => faults.set(request, { fault })),
  )
  return async (request, message) => {
    const response = await dispatch(request, message)
    const failed = faults.get(request)
    if (failed) throw failed.fault
    return response
  }
}
