/** How an endpoint answers: JSON, streams of CAR, and errors with the status of their kind. */
import { AtomError, isAtomError, type ErrorCode, type ErrorKind } from '../../base/errors.js'
import { concatBytes } from '../../base/bytes.js'
import { CAR_TYPE, PROTOCOL, PROTOCOL_HEADER } from '../http/wire.js'

/** An error that has a status of its own: what is wrong with the request itself. */
export class Refusal extends Error {
  readonly status: number
  readonly error: AtomError

  constructor(status: number, error: AtomError) {
    super(error.message)
    this.status = status
    this.error = error
  }
}

const HEADERS = {
  [PROTOCOL_HEADER]: PROTOCOL,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const

export function jsonAnswer(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { ...HEADERS, 'content-type': 'application/json' } })
}

const STATUSES: { readonly [Kind in ErrorKind]: number } = {
  'usage': 400, 'not-found': 404, 'conflict': 409, 'integrity': 422, 'busy': 503, 'remote': 503, 'config': 500, 'unsupported': 501, 'internal': 500,
}
/** What lies behind an endpoint refuses what it was sent, or does not let the endpoint in. */
const STATUSES_OF_CODES: { readonly [Code in ErrorCode]?: number } = { REMOTE_REFUSED: 422, REMOTE_AUTH: 500, STORE_FULL: 507 }

/** Returns the answer to an error. What is no `AtomError` is a mistake of ours: whoever asked learns nothing of it. */
export function errorAnswer(thrown: unknown): Response {
  if (thrown instanceof Refusal) return answerWith(thrown.error, thrown.status)
  if (!isAtomError(thrown)) return answerWith(new AtomError('INTERNAL', 'something went wrong there that should not', { data: {} }), 500)
  return answerWith(thrown, STATUSES_OF_CODES[thrown.code] ?? STATUSES[thrown.kind])
}

function answerWith(error: AtomError, status: number): Response {
  const answer = jsonAnswer({ error }, status)
  if (status === 401) answer.headers.set('www-authenticate', 'Bearer realm="atom"')
  if (status === 503) answer.headers.set('retry-after', '1')
  return answer
}

export function carAnswer(chunks: AsyncIterable<Uint8Array>): Response {
  return new Response(streamOf(chunks), { headers: { ...HEADERS, 'content-type': CAR_TYPE } })
}

/** What is sent at once: many small blocks are one piece. */
const PIECE_BYTES = 65_536

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece: Uint8Array[] = []
      for (let sizeBytes = 0; sizeBytes < PIECE_BYTES;) {
        const next = await source.next()
        if (next.done === true) {
          if (piece.length > 0) controller.enqueue(concatBytes(piece))
          controller.close()
          return
        }
        piece.push(next.value)
        sizeBytes += next.value.length
      }
      controller.enqueue(concatBytes(piece))
    },
    async cancel() {
      await source.return?.()
    },
  })
}
