/** Messages on a socket: a length of 4 bytes, then the value as `wire.ts` writes it. What breaks this ends the connection. */
import type { Socket } from 'node:net'
import { encodeWire, decodeWire } from './wire.js'

/** What is larger is not handed over: the owner is asked to let go instead. */
export const FRAME_MAX_BYTES: number = 48 * 1_048_576
const HEAD_BYTES = 4

/** What a client says. */
export type ClientFrame =
  | CallFrame
  | { readonly is: 'abort'; readonly id: number }
  /** One more list of items was taken. */
  | { readonly is: 'more'; readonly id: number }
  | { readonly is: 'let-go' }

export interface CallFrame {
  readonly is: 'call'
  readonly id: number
  readonly operation: string
  readonly input: unknown
  /** Hex of 16 bytes: the same in every attempt. */
  readonly request: string
  /** `again` after an owner that died: it may have been done. */
  readonly attempt: 'first' | 'again'
  readonly cwd: string
  readonly env: { readonly [name: string]: string }
}

/** What an owner says. */
export type OwnerFrame =
  | { readonly is: 'ready'; readonly protocol: number }
  | { readonly is: 'alive' }
  | { readonly is: 'value'; readonly id: number; readonly value: unknown }
  | { readonly is: 'stream'; readonly id: number }
  | { readonly is: 'items'; readonly id: number; readonly items: readonly unknown[] }
  | { readonly is: 'end'; readonly id: number }
  | { readonly is: 'error'; readonly id: number; readonly error: unknown }
  /** This owner cannot run it; nothing was done. */
  | { readonly is: 'unknown'; readonly id: number }
  | { readonly is: 'warn'; readonly id: number; readonly message: string }
  | { readonly is: 'progress'; readonly id: number; readonly label: string; readonly done: number; readonly total: number | undefined }

export const PROTOCOL = 1

/** A message that is too large to be handed over. */
export class FrameTooLarge extends Error {}

/** Returns the bytes of a message; throws `TypeError` or `OBJECT_INVALID` where a value cannot cross, `FrameTooLarge` where it is too large to. */
export function encodeFrame(message: ClientFrame | OwnerFrame): Uint8Array {
  const body = encodeWire(message)
  if (body.length > FRAME_MAX_BYTES) throw new FrameTooLarge(`${String(body.length)} bytes are too many to hand over`)
  const frame = new Uint8Array(HEAD_BYTES + body.length)
  new DataView(frame.buffer).setUint32(0, body.length)
  frame.set(body, HEAD_BYTES)
  return frame
}

/** Calls back with each message as it is complete; a malformed one destroys the socket. */
export function readFrames(socket: Socket, onFrame: (message: unknown) => void): void {
  let chunks: Uint8Array[] = []
  let sizeBytes = 0
  const take = (length: number): Uint8Array => {
    const all = chunks.length === 1 ? chunks[0] as Uint8Array : Buffer.concat(chunks)
    chunks = all.length > length ? [all.subarray(length)] : []
    sizeBytes -= length
    return all.subarray(0, length)
  }
  let wanted: number | undefined
  const takeBody = (): Uint8Array | undefined => {
    if (wanted === undefined) {
      if (sizeBytes < HEAD_BYTES) return undefined
      const head = take(HEAD_BYTES)
      wanted = new DataView(head.buffer, head.byteOffset).getUint32(0)
      if (wanted > FRAME_MAX_BYTES) throw new TypeError('a message that is too long')
    }
    if (sizeBytes < wanted) return undefined
    const body = take(wanted)
    wanted = undefined
    return body
  }
  socket.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk)
    sizeBytes += chunk.length
    try {
      for (let body = takeBody(); body !== undefined; body = takeBody()) onFrame(decodeWire(body))
    } catch (error) {
      socket.destroy(error as Error)
    }
  })
}
