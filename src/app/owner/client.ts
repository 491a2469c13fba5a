/** A link to the process that has the store: hands operations over and brings their answers back. */
import { setMaxListeners } from 'node:events'
import { connect, type Socket } from 'node:net'
import { AtomError } from '../../base/errors.js'
import type { AppContext } from '../context.js'
import { encodeFrame, FrameTooLarge, PROTOCOL, readFrames, type ClientFrame, type OwnerFrame } from './frames.js'
import { OwnerLost } from './owner-lost.js'
import type { Answer, OwnerLink } from './types.js'
import { errorFromWire, type WireError } from './wire.js'

/** An owner that shows no sign of life for so long hangs: it says so every second while it works. */
const SILENCE_MAX_MS = 10_000

interface Pending {
  answer(answer: Answer): void
  reject(error: unknown): void
  /** Stops listening to the caller's signal. */
  forget(): void
  readonly context: AppContext
  /** Once it turned out to be a stream. */
  stream?: Incoming
}

/** Knocks at an address; undefined when nobody lives there. Throws `STORE_LOCKED` when somebody does and says nothing. */
export async function connectOwner(address: string, timeoutMs: number): Promise<OwnerLink | undefined> {
  const socket = connect(address)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy()
      reject(silent(timeoutMs))
    }, timeoutMs)
    const pending = new Map<number, Pending>()
    let isReady = false
    let heardMs = performance.now()
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(undefined)
      for (const call of pending.values()) lose(call)
      pending.clear()
    })
    readFrames(socket, (message) => {
      const frame = message as OwnerFrame
      heardMs = performance.now()
      if (frame.is === 'ready') {
        clearTimeout(timer)
        isReady = frame.protocol === PROTOCOL
        if (!isReady) socket.destroy()
        else resolve(linkOver(socket, { pending, heardMs: () => heardMs }))
        return
      }
      if (!('id' in frame)) return
      const call = pending.get(frame.id)
      if (call !== undefined && take(call, frame, socket) === 'done') settle(socket, pending, frame.id)
    })
  })
}

interface LinkState {
  readonly pending: Map<number, Pending>
  heardMs(): number
}

function linkOver(socket: Socket, { pending, heardMs }: LinkState): OwnerLink {
  let calls = 0
  let watch: NodeJS.Timeout | undefined
  socket.unref()
  const onSilence = (): void => {
    if (pending.size === 0) {
      clearInterval(watch)
      watch = undefined
      return
    }
    if (performance.now() - heardMs() < SILENCE_MAX_MS) return
    for (const call of pending.values()) fail(call, silent(SILENCE_MAX_MS))
    pending.clear()
    socket.destroy()
  }
  return {
    get isOpen() { return !socket.destroyed && socket.writable },
    async call(given, context) {
      const id = ++calls
      const bytes = getFrame({ is: 'call', id, ...given })
      if (bytes === undefined) return { is: 'unknown' }
      if (socket.destroyed || !socket.writable) return { is: 'lost' }
      const onAbort = (): void => { say(socket, { is: 'abort', id }) }
      socket.ref()
      watch ??= setInterval(onSilence, 1_000).unref()
      return new Promise<Answer>((answer, reject) => {
        pending.set(id, { answer, reject, context, forget: () => { context.signal.removeEventListener('abort', onAbort) } })
        // Many calls of one session share its signal.
        setMaxListeners(0, context.signal)
        context.signal.addEventListener('abort', onAbort, { once: true })
        socket.write(bytes)
      })
    },
    letGo: (timeoutMs) => new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.ref()
      say(socket, { is: 'let-go' })
    }),
    close: () => { socket.end() },
  }
}

/** Returns the bytes of a call; undefined where they are too many to hand over. */
function getFrame(frame: ClientFrame): Uint8Array | undefined {
  try {
    return encodeFrame(frame)
  } catch (error) {
    if (error instanceof FrameTooLarge) return undefined
    throw error
  }
}

function say(socket: Socket, frame: ClientFrame): void {
  if (!socket.destroyed && socket.writable) socket.write(encodeFrame(frame))
}

function silent(timeoutMs: number): AtomError<'STORE_LOCKED'> {
  const waitedMs = Math.round(timeoutMs)
  return new AtomError('STORE_LOCKED', `the process that has the store does not answer (waited ${String(waitedMs)} ms)`, {
    data: { folder: '', waitedMs }, hint: 'it may be stopped: end it, then look at what it did (atom log) before trying again',
  })
}

function settle(socket: Socket, pending: Map<number, Pending>, id: number): void {
  pending.get(id)?.forget()
  pending.delete(id)
  if (pending.size === 0) socket.unref()
}

function lose(call: Pending): void {
  if (call.stream === undefined) {
    call.forget()
    call.answer({ is: 'lost' })
  } else fail(call, new OwnerLost('the owner ended'))
}

function fail(call: Pending, error: Error): void {
  call.forget()
  if (call.stream === undefined) call.reject(error)
  else call.stream.fail(error)
}

/** Takes what belongs to one call. */
function take(call: Pending, frame: Exclude<OwnerFrame, { is: 'ready' | 'alive' }>, socket: Socket): 'done' | 'more' {
  switch (frame.is) {
    case 'warn':
      call.context.reporter.warn(frame.message)
      return 'more'
    case 'progress':
      call.context.reporter.progress(frame.label, frame.done, frame.total)
      return 'more'
    case 'stream':
      call.stream = createIncoming({ more: () => { say(socket, { is: 'more', id: frame.id }) }, abort: () => { say(socket, { is: 'abort', id: frame.id }) } })
      call.answer({ is: 'stream', items: call.stream.items })
      return 'more'
    case 'items':
      call.stream?.push(frame.items)
      return 'more'
    case 'end':
      call.stream?.end()
      return 'done'
    case 'value':
      call.answer({ is: 'value', value: frame.value })
      return 'done'
    case 'unknown':
      if (call.stream === undefined) call.answer({ is: 'unknown' })
      else fail(call, new OwnerLost('an item was too large to be handed over'))
      return 'done'
    case 'error':
      fail(call, errorFromWire(frame.error as WireError))
      return 'done'
  }
}

interface Incoming {
  readonly items: AsyncIterable<unknown>
  push(items: readonly unknown[]): void
  end(): void
  fail(error: Error): void
}

/** Lists of items as they come, handed out one by one; the owner sends the next list when one is used up. */
function createIncoming(talk: { more(): void; abort(): void }): Incoming {
  const lists: (readonly unknown[])[] = []
  let isEnded = false
  let failure: Error | undefined
  let wake: (() => void) | undefined
  const poke = (): void => {
    wake?.()
    wake = undefined
  }
  async function* items(): AsyncGenerator {
    let isWhole = false
    try {
      for (;;) {
        const list = lists.shift()
        if (list !== undefined) {
          yield* list
          talk.more()
          continue
        }
        if (failure !== undefined) throw failure
        if (isEnded) {
          isWhole = true
          return
        }
        await new Promise<void>((resolve) => { wake = resolve })
      }
    } finally {
      if (!isWhole && failure === undefined) talk.abort()
    }
  }
  return {
    items: items(),
    push: (list) => {
      lists.push(list)
      poke()
    },
    end: () => {
      isEnded = true
      poke()
    },
    fail: (error) => {
      failure ??= error
      poke()
    },
  }
}
