/**
 * Serves the store of this process to others of the same user: a Unix socket in a folder that only this user can enter.
 *
 * Guarantees: what comes in is checked like any input; a request that is under way is answered before the store is let go; a client that goes away
 * aborts its calls. Refuses operations it does not know: the client then opens the store itself.
 */
import { createServer, type Socket } from 'node:net'
import { findOperation } from '../../ops/catalogue.js'
import type { Operation } from '../../ops/operation.js'
import type { AppContext } from '../context.js'
import { encodeFrame, FrameTooLarge, PROTOCOL, readFrames, type CallFrame, type ClientFrame, type OwnerFrame } from './frames.js'
import { OwnerLost } from './owner-lost.js'
import type { Residency } from './types.js'
import { runEntered } from './run-entered.js'
import { isStream } from './stream.js'
import { errorToWire } from './wire.js'

/** Lists of items on their way to a client that has not taken them. */
const LISTS_AHEAD = 4
const LIST_ITEMS_MAX = 128
const LIST_WAIT_MS = 5
/** How long the store stays open when clients have stopped calling. */
const IDLE_AFTER_CLIENTS_MS = 100
const ALIVE_EVERY_MS = 1_000
const PROGRESS_EVERY_MS = 100
/** Who wants to let go of the store waits so long for what others are reading. */
const CUT_READS_MS = 200
/** How long answers on their way out are waited for when the store has been let go. */
const FLUSH_MAX_MS = 250

export interface OwnerServer {
  readonly ready: Promise<void>
  readonly clients: number
  /** Takes nobody and nothing new; the socket is gone when it returns. */
  stopIntake(): void
  /** Ends the connections once what was answered is out. */
  finish(): Promise<void>
}

export interface ServerSite {
  readonly residency: Residency
  /** A client needs the store open in its own process. */
  onLetGo(): void
}

interface Connection {
  readonly socket: Socket
  readonly calls: Map<number, ServedCall>
}

interface ServedCall {
  readonly abort: AbortController
  /** What only reads may be cut short: its client begins again elsewhere. */
  effect?: 'read' | 'write' | 'files'
  isCut: boolean
  /** Lists that may go out before the client says `more`. */
  ahead: number
  wake?: () => void
}

/** Listens at an address that `prepare` frees. Where nobody can listen (some file systems know no sockets) nobody is served, and all stays correct. */
export function startServer(prepare: () => string, site: ServerSite): OwnerServer {
  const connections = new Set<Connection>()
  /** Requests under way, by id: a repeat waits for the first attempt. */
  const underWay = new Map<string, Promise<void>>()
  let isTaking = true
  let cutting: NodeJS.Timeout | undefined
  const server = createServer((socket) => {
    if (!isTaking) {
      socket.destroy()
      return
    }
    const connection: Connection = { socket, calls: new Map() }
    connections.add(connection)
    socket.unref()
    socket.on('error', () => undefined)
    socket.on('close', () => {
      connections.delete(connection)
      for (const call of connection.calls.values()) {
        call.abort.abort(new DOMException('the client went away', 'AbortError'))
        call.wake?.()
      }
    })
    say(connection, { is: 'ready', protocol: PROTOCOL })
    readFrames(socket, (message) => { hear(connection, message as ClientFrame) })
  })
  const hear = (connection: Connection, frame: ClientFrame): void => {
    switch (frame.is) {
      case 'call':
        // Not answered: the client hears the connection end, and asks elsewhere.
        if (!isTaking) return
        void serveCall(connection, frame, { site, underWay })
        return
      case 'abort':
        connection.calls.get(frame.id)?.abort.abort(new DOMException('the client gave up', 'AbortError'))
        connection.calls.get(frame.id)?.wake?.()
        return
      case 'more': {
        const call = connection.calls.get(frame.id)
        if (call === undefined) return
        call.ahead++
        call.wake?.()
        return
      }
      case 'let-go':
        site.onLetGo()
    }
  }
  const alive = setInterval(() => {
    for (const connection of connections) if (connection.calls.size > 0) say(connection, { is: 'alive' })
  }, ALIVE_EVERY_MS)
  alive.unref()
  server.unref()
  const ready = new Promise<void>((resolve) => {
    server.on('error', () => { resolve() })
    try {
      server.listen(prepare(), resolve)
    } catch {
      // The folder for the socket cannot be made private: better nobody than everybody.
      resolve()
    }
  })
  return {
    ready,
    get clients() { return connections.size },
    stopIntake() {
      isTaking = false
      if (server.listening) server.close()
      cutting = setTimeout(() => {
        for (const { calls } of connections) for (const call of calls.values()) if (call.effect === 'read') cut(call)
      }, CUT_READS_MS).unref()
    },
    async finish() {
      clearInterval(alive)
      clearTimeout(cutting)
      await Promise.race([Promise.all([...connections].map(({ socket }) => new Promise<void>((resolve) => {
        socket.once('close', () => { resolve() })
        socket.end(() => { socket.destroy() })
      }))), new Promise<void>((resolve) => { setTimeout(resolve, FLUSH_MAX_MS).unref() })])
    },
  }
}

/** Ends a call without an answer. */
function cut(call: ServedCall): void {
  call.isCut = true
  call.abort.abort(new DOMException('the store is let go', 'AbortError'))
  call.wake?.()
}

function say({ socket }: Connection, frame: OwnerFrame): void {
  if (!socket.destroyed && socket.writable) socket.write(encodeFrame(frame))
}

interface ServeParts {
  readonly site: ServerSite
  readonly underWay: Map<string, Promise<void>>
}

/** Runs one call. Answers nothing when the store was let go before it began. */
async function serveCall(connection: Connection, frame: CallFrame, parts: ServeParts): Promise<void> {
  const call: ServedCall = { abort: new AbortController(), ahead: LISTS_AHEAD, isCut: false }
  connection.calls.set(frame.id, call)
  try {
    const operation = await findOperation(textOf(frame.operation))
    if (operation === undefined) {
      say(connection, { is: 'unknown', id: frame.id })
      return
    }
    call.effect = operation.effect
    await onceAtATime(parts.underWay, textOf(frame.request), () => answer(connection, { frame, call, operation }, parts.site.residency))
  } catch (error) {
    // Nothing but what was read is as large as that: the client reads it itself.
    if (error instanceof FrameTooLarge && call.effect === 'read') say(connection, { is: 'unknown', id: frame.id })
    else if (!call.isCut && !(error instanceof OwnerLost)) sayError(connection, frame.id, error)
  } finally {
    connection.calls.delete(frame.id)
  }
}

async function onceAtATime(underWay: Map<string, Promise<void>>, request: string, work: () => Promise<void>): Promise<void> {
  for (let other = underWay.get(request); other !== undefined; other = underWay.get(request)) await other
  const running = work()
  // For those who wait until it is over; its error is answered below.
  const settled = running.catch(() => undefined)
  underWay.set(request, settled)
  try {
    await running
  } finally {
    underWay.delete(request)
  }
}

interface Asked {
  readonly frame: CallFrame
  readonly call: ServedCall
  readonly operation: Operation<unknown, unknown>
}

async function answer(connection: Connection, { frame, call, operation }: Asked, residency: Residency): Promise<void> {
  const context = contextOf(connection, frame, call)
  const input = operation.check(frame.input)
  const request = checkRequest(frame.request)
  if (residency.stepIn('client') === 'closed') return
  const result = await runEntered(residency, { operation, input, context, request, attempt: frame.attempt === 'again' ? 'again' : 'first' }, { who: 'client', lingerMs: IDLE_AFTER_CLIENTS_MS })
  if (!isStream(result)) {
    say(connection, { is: 'value', id: frame.id, value: result })
    return
  }
  say(connection, { is: 'stream', id: frame.id })
  if (await sendItems(connection, { frame, call }, result) === 'whole') say(connection, { is: 'end', id: frame.id })
  else if (!call.isCut) call.abort.signal.throwIfAborted()
}

/** What a frame holds came over a wire: its types are what a client of ours would send. */
function textOf(value: unknown): string {
  return String(value)
}

function checkRequest(request: unknown): string {
  if (typeof request === 'string' && /^[0-9a-f]{32}$/.test(request)) return request
  throw new TypeError('a request id of 32 hex digits was expected')
}

function contextOf(connection: Connection, frame: CallFrame, call: ServedCall): AppContext {
  const { id } = frame
  let saidMs = -Infinity
  return {
    cwd: textOf(frame.cwd), env: { ...frame.env }, signal: call.abort.signal,
    reporter: {
      warn: (message) => { say(connection, { is: 'warn', id, message }) },
      progress: (label, done, total) => {
        if (performance.now() - saidMs < PROGRESS_EVERY_MS && done !== total) return
        saidMs = performance.now()
        say(connection, { is: 'progress', id, label, done, total })
      },
    },
  }
}

/** Sends a stream in lists, a few ahead of the client. Stops between two items when the client or the store goes. */
async function sendItems(connection: Connection, { frame, call }: Omit<Asked, 'operation'>, items: AsyncIterable<unknown>): Promise<'whole' | 'cut'> {
  let list: unknown[] = []
  let timer: NodeJS.Timeout | undefined
  let failure: unknown
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (list.length === 0) return
    call.ahead--
    try {
      sayItems(connection, frame.id, list)
    } catch (error) {
      failure = error
    }
    list = []
  }
  try {
    for await (const item of items) {
      list.push(item)
      if (list.length >= LIST_ITEMS_MAX) flush()
      else timer ??= setTimeout(flush, LIST_WAIT_MS)
      while (call.ahead <= 0 && !connection.socket.destroyed && !call.abort.signal.aborted) await new Promise<void>((resolve) => { call.wake = resolve })
      if (failure !== undefined) throw failure
      if (connection.socket.destroyed || !connection.socket.writable || call.abort.signal.aborted) return 'cut'
    }
  } finally {
    flush()
  }
  if (failure !== undefined) throw failure
  return 'whole'
}

/** Sends a list, in parts where it is too large for one message. */
function sayItems(connection: Connection, id: number, items: readonly unknown[]): void {
  try {
    say(connection, { is: 'items', id, items })
  } catch (error) {
    if (!(error instanceof FrameTooLarge) || items.length < 2) throw error
    const middle = items.length >> 1
    for (const part of [items.slice(0, middle), items.slice(middle)]) sayItems(connection, id, part)
  }
}

function sayError(connection: Connection, id: number, error: unknown): void {
  say(connection, { is: 'error', id, error: errorToWire(error) })
}
