/**
 * What this process has of one store: nothing, the store itself, or a link to the process that has it. One for each real path, whoever asks.
 *
 * Guarantees: one open handle a process; closed when nobody works on it for a moment, so that no other process is locked out by an idle one; work
 * of others that is under way is finished before the store is let go. Refuses to wait beyond ATOM_LOCK_TIMEOUT_MS: `STORE_LOCKED`.
 */
import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { AtomError, isAtomError } from '../../base/errors.js'
import { createTrailIndex } from '../../index/trail-index.js'
import { createWriter } from '../../refs/transaction.js'
import { META } from '../../store/objects.js'
import { remembering } from '../../store/remembering-store.js'
import type { Store } from '../../store/types.js'
import type { AppContext } from '../context.js'
import type { StoreFolder } from '../folder.js'
import { lockTimeoutMs, openGuarded } from '../handles.js'
import { createClock, createRandom } from '../node-ports.js'
import { createAhead } from './ahead.js'
import { clearAddress, getOwnerAddress, prepareAddress } from './address.js'
import { createPostponed } from './postponed.js'
import { beginWait, type Wait } from './queue.js'
import { reopenable } from './reopenable-store.js'
import type { OwnerServer } from './server.js'
import type { OwnerLink, Residency, SitOptions } from './types.js'

/** A process that keeps the store for longer than this serves the others. */
const SERVE_AFTER_MS = 100
/** How long a store stays open for a session that does nothing, or for a call that does not come. */
const IDLE_MS = 100
/** Who was asked to let go leaves the store to others for so long. */
const LET_GO_PAUSE_MS = 25

/** Who found the store taken so short a time ago rests for up to so long before it takes it again: others want it as well. */
const CONTENDED_MS = 200
const REST_MS = 4
/** By real path of the `.atom` folder. The one piece of state that a process has to share: LevelDB has it too. */
const residencies = new Map<string, Residency>()

export function residencyOf(folder: StoreFolder): Residency {
  const known = residencies.get(folder.path)
  if (known !== undefined) return known
  const made = createResidency(folder)
  residencies.set(folder.path, made)
  return made
}

function createResidency(folder: StoreFolder): Residency {
  let open: Store | undefined
  let link: OwnerLink | undefined
  let server: OwnerServer | undefined
  let seating: Promise<void> | undefined
  let closing: Promise<void> | undefined
  let whenEmpty: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  let serveTimer: NodeJS.Timeout | undefined
  const inside = { own: 0, client: 0 }
  let isLeaving = false
  let sessions = 0
  let restingSinceMs = 0
  let lingerMs = 0
  let notBeforeMs = 0
  let waitedAtMs = -Infinity
  let drainedMs = -Infinity
  let draining: Promise<void> | undefined
  let undrained = 0
  const ahead = createAhead()
  const postponed = createPostponed()

  const view = reopenable(() => open)
  const writer = createWriter({ store: view, clock: createClock({}) })
  let index = createTrailIndex(view)

  const isBusy = (): boolean => inside.own + inside.client > 0

  const close = async (): Promise<void> => {
    isLeaving = false
    server?.stopIntake()
    clearTimeout(serveTimer)
    clearTimeout(timer)
    timer = undefined
    if (isBusy()) await new Promise<void>((resolve) => { whenEmpty = resolve })
    await postponed.finish()
    const [ending, store] = [server, open]
    server = undefined
    open = undefined
    try {
      await store?.close()
    } finally {
      await ending?.finish()
    }
  }
  const letGo = (): Promise<void> => {
    if (open === undefined) return closing ?? Promise.resolve()
    closing ??= close().finally(() => { closing = undefined })
    return closing
  }
  const onTimer = (): void => {
    timer = undefined
    if (isBusy() || open === undefined || closing !== undefined) return
    const leftMs = lingerMs - (performance.now() - restingSinceMs)
    if (leftMs > 1) arm(leftMs)
    else void letGo()
  }
  const arm = (ms: number): void => {
    timer = setTimeout(onTimer, ms)
    // Others' calls alone do not keep this process alive: they find another owner.
    if ((server?.clients ?? 0) > 0) timer.unref()
  }
  const rest = (ms: number): Promise<void> | undefined => {
    if (isBusy() || open === undefined) return undefined
    const wanted = sessions > 0 ? Math.max(ms, IDLE_MS) : ms
    if (wanted === 0) return letGo()
    restingSinceMs = performance.now()
    lingerMs = wanted
    if (timer === undefined && closing === undefined) arm(wanted)
    return undefined
  }
  const serve = async (context: AppContext): Promise<void> => {
    const { startServer } = await import('./server.js')
    if (open === undefined || closing !== undefined || server !== undefined) return
    const starting = startServer(() => prepareAddress(folder.path, context.env), { residency, onLetGo: () => {
      notBeforeMs = performance.now() + LET_GO_PAUSE_MS
      // Work of this process is not cut short, and meanwhile others are served on.
      if (inside.own > 0) isLeaving = true
      else void letGo()
    } })
    server = starting
    await starting.ready
  }
  const openHere = async (options: SitOptions, sinceMs: number): Promise<void> => {
    const store = await (ahead.take() ?? openGuarded(folder.path, { sinceMs, ...options.level }))
    if (store.getRecord(META.reindex) !== undefined || store.getRecord(META.scrub) !== undefined) {
      const { finishInterrupted } = await import('../doctor/mend.js')
      await finishInterrupted(folder.path, store, options.context).catch((error: unknown) => store.close().finally(() => { throw error }))
    }
    // After a failed write LevelDB refuses all others until it is opened again.
    open = remembering({ ...store, write: (batch, durability) => store.write(batch, durability).catch((error: unknown) => {
      isLeaving = true
      throw error
    }) })
    index = createTrailIndex(view)
    // Who really listened has removed its socket before it let go of the lock.
    if (getOwnerAddress(folder.path) !== undefined) clearAddress(folder.path)
    if (options.serve === 'at-once') await serve(options.context)
    if (options.serve === 'soon') {
      serveTimer = setTimeout(() => void serve(options.context), SERVE_AFTER_MS)
      serveTimer.unref()
    }
    if (timer === undefined) arm((lingerMs = IDLE_MS, restingSinceMs = performance.now(), IDLE_MS))
  }
  /** Returns once the store is open here, or an owner is found. */
  const look = async (options: SitOptions, wait: Wait): Promise<void> => {
    const timeoutMs = lockTimeoutMs(options.context)
    const nowMs = performance.now()
    // Who had to wait for it and comes again at once takes a place among those who wait.
    let waitMs = Math.max(notBeforeMs - nowMs, nowMs - waitedAtMs < CONTENDED_MS ? 1 + Math.random() * REST_MS : 0)
    for (; ; waitMs = wait.pauseMs()) {
      if (waitMs > 0) await pause(waitMs)
      const leftMs = timeoutMs - wait.waitedMs()
      const address = getOwnerAddress(folder.path)
      const found = address === undefined ? undefined : await knock(address, Math.max(leftMs, 50))
      if (found !== undefined && options.owner === 'join') {
        link = found
        return
      }
      await found?.letGo(Math.max(leftMs, 50))
      try {
        await openHere(options, wait.sinceMs)
        return
      } catch (error) {
        if (!isAtomError(error, 'STORE_LOCKED')) throw error
        waitedAtMs = performance.now()
        const waitedMs = Math.round(wait.waitedMs())
        if (waitedMs >= timeoutMs) throw lockedFor(folder.path, waitedMs, error)
        wait.inVain()
      }
    }
  }
  const seat = async (options: SitOptions): Promise<void> => {
    const wait = beginWait(join(folder.path, 'run'))
    try {
      await look(options, wait)
    } finally {
      wait.end()
    }
  }

  const residency: Residency = {
    folder,
    store: view,
    writer,
    random: createRandom({}),
    get index() { return index },
    async sit(options) {
      for (;;) {
        options.context.signal.throwIfAborted()
        if (closing !== undefined) {
          await closing
          continue
        }
        if (open !== undefined) {
          inside.own++
          return undefined
        }
        if (link?.isOpen === false) link = undefined
        if (link !== undefined && options.owner === 'join') return link
        seating ??= seat(options).finally(() => { seating = undefined })
        await raceAbort(seating, options.context.signal)
      }
    },
    stepIn(who) {
      if (open === undefined || closing !== undefined) return 'closed'
      inside[who]++
      return 'in'
    },
    leave(who, ms) {
      inside[who]--
      if (!isBusy()) whenEmpty?.()
      if (closing !== undefined) return ms === 0 && inside.own === 0 ? closing : undefined
      if (who === 'client' || inside.own > 0) return rest(ms)
      // A command that ends does not wait for clients without end: those under way are finished, new ones go elsewhere.
      return isLeaving || (ms === 0 && sessions === 0) ? letGo() : rest(ms)
    },
    letGo,
    openAhead() {
      if (open !== undefined || closing !== undefined || seating !== undefined || link !== undefined || getOwnerAddress(folder.path) !== undefined) return
      ahead.begin(() => openGuarded(folder.path, {}), IDLE_MS)
    },
    dropAhead: ahead.drop,
    attach() {
      sessions++
      return async () => {
        sessions--
        if (sessions > 0) return
        link?.close()
        link = undefined
        await letGo()
      }
    },
    follow(who, work) {
      if (who === 'client' || sessions === 0) return work()
      postponed.put(work)
      return undefined
    },
    followed: () => postponed.finish(),
    drainWith(everyMs, work) {
      const nowMs = performance.now()
      if (draining !== undefined || undrained > 0 || nowMs - drainedMs < everyMs) return undefined
      drainedMs = nowMs
      const running = work()
      if (running === undefined) return undefined
      draining = running.finally(() => { draining = undefined })
      return draining
    },
    async withoutDrain(work) {
      undrained++
      try {
        // Who began it hears what became of it.
        await draining?.catch(() => undefined)
        return await work()
      } finally {
        undrained--
        drainedMs = -Infinity
      }
    },
  }
  return residency
}

async function knock(address: string, timeoutMs: number): Promise<OwnerLink | undefined> {
  const { connectOwner } = await import('./client.js')
  return connectOwner(address, timeoutMs)
}

function lockedFor(folder: string, waitedMs: number, cause: unknown): AtomError<'STORE_LOCKED'> {
  return new AtomError('STORE_LOCKED', `another process has had the store for ${String(waitedMs)} ms: ${folder}`, { data: { folder, waitedMs }, hint: 'try again, or raise ATOM_LOCK_TIMEOUT_MS', cause })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Waits for a promise that several wait for; who is interrupted stops waiting. */
async function raceAbort(shared: Promise<void>, signal: AbortSignal): Promise<void> {
  let onAbort: (() => void) | undefined
  try {
    await Promise.race([shared, new Promise<never>((_, reject) => {
      onAbort = () => { reject(signal.reason as Error) }
      setMaxListeners(0, signal)
      signal.addEventListener('abort', onAbort, { once: true })
    })])
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
  }
}
