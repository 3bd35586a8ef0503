/** What answers as `/v1/embeddings` does, on this machine: words of one meaning lie in one direction. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

const MEANINGS: readonly (readonly string[])[] = [
  ['car', 'automobile', 'vehicle'],
  ['tea', 'infusion', 'brew'],
  ['dog', 'hound', 'puppy'],
  ['house', 'home', 'dwelling'],
]

export type EndpointUnderTest = {
  readonly url: string
  /** The texts of each request. */
  readonly asked: string[][]
  readonly requests: { path: string | undefined; authorization: string | undefined; body: unknown }[]
  /** Takes the place of an answer; undefined: answers well. */
  instead: ((response: ServerResponse, input: string[]) => void) | undefined
  length: number
}

/** A direction of its own for each meaning, and a little of everything, so that no vector is nought. */
export function meaning(text: string, length: number): number[] {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? []
  return Array.from(
    { length },
    (_, index) => 0.01 + words.filter((word) => MEANINGS[index]?.includes(word)).length,
  )
}

export async function endpointUnderTest(t: TestContext): Promise<EndpointUnderTest> {
  const endpoint = {
    url: '',
    asked: [],
    requests: [],
    instead: undefined,
    length: 8,
  } as EndpointUnderTest & { url: string }
  const server = createServer(async (request: IncomingMessage, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const body = JSON.parse(text) as { input: string[] }
    endpoint.requests.push({ path: request.url, authorization: request.headers.authorization, body })
    endpoint.asked.push(body.input)
    if (endpoint.instead) return endpoint.instead(response, body.input)
    const data = body.input.map((input, index) => ({
      object: 'embedding',
      index,
      embedding: meaning(input, endpoint.length),
    }))
    response
      .setHeader('Content-Type', 'application/json')
      .end(JSON.stringify({ object: 'list', data: data.reverse() }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return endpoint
}
