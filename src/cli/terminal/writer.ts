/**
 * stdout as a writer that knows back-pressure.
 *
 * Guarantees: order; a short answer costs one synchronous write and loads no stream code; a long one waits for its reader and says
 * so to the listeners; a reader that went away is `ReaderGone`, not a failure. Refuses to write after the end.
 */
import type { Writable } from 'node:stream'

/** Told while the reader of stdout (a pager, mostly) takes nothing, so that the store can be let go meanwhile. */
export interface BlockedListener {
  onBlocked(): void
  onDrained(): void
}

/** The reader closed its end: the rest of the answer is not wanted. Ends the command with exit 0. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone'
}

export interface Writer {
  /** Returns undefined when taken, a promise when the caller has to wait. Throws or rejects with `ReaderGone`. */
  write(chunk: string | Uint8Array): Promise<void> | undefined
  /** Sends what was written so far without waiting, so that what stderr says next comes after it. Never throws: the next write does. */
  flush(): void
  /** Sends what is left and waits until it is out. */
  end(): Promise<void>
}

const CHUNK_LENGTH = 16_384
const LINGER_MS = 50

export interface WriterParts {
  /** Writes all of it now, or returns what was not taken without waiting. */
  writeNow?(bytes: Uint8Array): Uint8Array
  /** Opened when the answer is long or slow. */
  openStream(): Writable
  /** Closes the stream at the end; stdout itself stays open. */
  readonly closes?: boolean
  readonly listeners: readonly BlockedListener[]
}

export function createWriter(parts: WriterParts): Writer {
  let pending = ''
  let stream: Writable | undefined
  let failure: Error | undefined
  let wake: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined

  const open = (): Writable => {
    if (stream !== undefined) return stream
    stream = parts.openStream()
    stream.on('error', (error) => {
      failure ??= isGone(error) ? new ReaderGone('the reader closed the pipe') : error
      wake?.()
    })
    stream.on('close', () => {
      failure ??= new ReaderGone('the reader closed the pipe')
      wake?.()
    })
    return stream
  }
  const throwFailure = (): void => {
    if (failure !== undefined) throw failure
  }
  const settled = async (target: Writable): Promise<void> => {
    for (const listener of parts.listeners) listener.onBlocked()
    await new Promise<void>((resolve) => {
      wake = resolve
      target.once('drain', resolve)
    })
    wake = undefined
    if (failure !== undefined) throw failure
    for (const listener of parts.listeners) listener.onDrained()
  }
  const send = (chunk: string | Uint8Array): Promise<void> | undefined => {
    const target = open()
    return target.write(chunk) ? undefined : settled(target)
  }
  const takePending = (): string => {
    if (timer !== undefined) clearTimeout(timer)
    timer = undefined
    const text = pending
    pending = ''
    return text
  }
  // A slow answer shows what it has; a reader that is also slow is seen by the next write.
  const linger = (): void => {
    const text = takePending()
    if (text !== '' && failure === undefined) open().write(text)
  }
  const flushQuickly = (write: (bytes: Uint8Array) => Uint8Array): void => {
    try {
      const rest = writeQuickly(write, Buffer.from(takePending()))
      if (rest.length > 0) open().write(rest)
    } catch (error) {
      failure = error as Error
    }
  }

  return {
    write: (chunk) => {
      if (failure !== undefined) throw failure
      if (typeof chunk !== 'string') {
        const text = takePending()
        if (text !== '') open().write(text)
        return send(chunk)
      }
      pending += chunk
      if (pending.length >= CHUNK_LENGTH) return send(takePending())
      timer ??= setTimeout(linger, LINGER_MS)
      return undefined
    },
    flush: () => {
      if (pending === '' || failure !== undefined) return
      if (stream !== undefined) linger()
      else if (parts.writeNow !== undefined) flushQuickly(parts.writeNow)
    },
    end: async () => {
      let rest: Uint8Array = Buffer.from(takePending())
      throwFailure()
      if (stream === undefined && parts.writeNow !== undefined) rest = writeQuickly(parts.writeNow, rest)
      if (rest.length === 0 && stream === undefined && parts.closes !== true) return
      const target = open()
      await new Promise<void>((resolve) => {
        wake = resolve
        if (parts.closes === true) target.end(rest, resolve)
        else target.write(rest, () => { resolve() })
      })
      if (parts.closes !== true || !target.writableFinished) throwFailure()
    },
  }
}

function writeQuickly(write: (bytes: Uint8Array) => Uint8Array, bytes: Uint8Array): Uint8Array {
  try {
    return write(bytes)
  } catch (error) {
    throw isGone(error) ? new ReaderGone('the reader closed the pipe') : error
  }
}

const GONE: readonly unknown[] = ['EPIPE', 'EOF', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']

/** Tells whether a write failed because nobody reads any more. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && GONE.includes(error.code)
}
