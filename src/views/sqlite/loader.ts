/**
 * Fills a new database in bulk: in a thread of its own, so that reading the trail and writing the tables overlap on two cores, or here.
 *
 * Guarantees: what is given is done in that order, and nothing of it after something failed; errors are the same wherever it is done; few lists wait, however much
 * faster they are made than written. Where no thread can be started, it is done here.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { AtomError } from '../../base/errors.js'
import type { SqlValue } from './database.js'
import { errorOf, openSteps, type LoadStep, type RowList, type RowSink } from './load-steps.js'
import type { LoadAnswer } from './load-thread.js'

export interface Loader extends RowSink {
  /** Resolves when there is room for more rows. Throws what went wrong so far. */
  room(): Promise<void>
  /** Returns the first column of the first row, when all that was given before is done. */
  value(sql: string): Promise<SqlValue | undefined>
  /** Resolves when everything is done and the file is closed. */
  close(): Promise<void>
  /** Stops in the middle: what was written is for nobody. */
  abandon(): Promise<void>
}

/** Does steps somewhere. */
interface Performer {
  perform(step: LoadStep): Promise<SqlValue | undefined>
  close(): Promise<void>
  /** Stops without waiting for what is under way. */
  abandon(): Promise<void>
}

/** The program of the thread, beside this one in `dist` and in the bundle. */
const LOAD_THREAD: URL = new URL('./load-thread.js', import.meta.url)

const LIST_ROWS = 1_000
const LIST_CHARACTERS = 524_288
/** Lists that are on their way, of some 350 ATOMs each: enough to write from while objects are looked up. */
const LISTS_AHEAD = 12
/** What the rows of a list are made of is young, and gone with it. */
const YOUNG_MB = 4

/** With fewer ATOMs a thread takes longer to start than it gains. */
const THREAD_LEAST_ATOMS = 3_000

/** Fills a new file as `work` says, with so many ATOMs; closes it. Where that fails, the file is for nobody. */
export async function load<Value>({ file, atoms }: { readonly file: string; readonly atoms: number }, work: (loader: Loader) => Promise<Value>): Promise<Value> {
  const isLarge = atoms >= THREAD_LEAST_ATOMS && availableParallelism() > 1
  const loader = await openLoader(file, isLarge ? LOAD_THREAD : undefined)
  try {
    const value = await work(loader)
    await loader.close()
    return value
  } catch (error) {
    await loader.abandon()
    throw error
  }
}

/** Opens a new file; `thread` is the program of the thread, undefined: no thread. The caller closes or abandons it. */
export async function openLoader(file: string, thread: URL | undefined): Promise<Loader> {
  return createLoader(await startThread(file, thread) ?? performHere(file))
}

function performHere(file: string): Performer {
  const steps = openSteps(file)
  const close = async (): Promise<void> => { steps.close() }
  return { perform: async (step) => steps.perform(step), close, abandon: close }
}

/** Returns undefined where none can be started: without its program, or the memory for it. */
async function startThread(file: string, program: URL | undefined): Promise<Performer | undefined> {
  if (program === undefined || !existsSync(fileURLToPath(program))) return undefined
  const waiting: { readonly resolve: (value: SqlValue | undefined) => void; readonly reject: (error: unknown) => void }[] = []
  let ended: AtomError | undefined
  const next = (): Promise<SqlValue | undefined> => ended === undefined ? new Promise((resolve, reject) => { waiting.push({ resolve, reject }) }) : Promise.reject(ended)
  const opened = next()
  const end = (reason: string): void => {
    ended ??= new AtomError('INTERNAL', `the thread that writes ${file} ended: ${reason}`, { data: { detail: reason }, hint: 'the trail itself is as it was; run the command again' })
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  const worker = startWorker(program, file)
  if (worker === undefined) return undefined
  worker.on('message', (answer: LoadAnswer) => {
    const asked = waiting.shift()
    if ('fault' in answer) asked?.reject(errorOf(answer.fault))
    else asked?.resolve(answer.value)
  })
  worker.on('error', (error) => { end(error.message) })
  worker.on('exit', (code) => { end(`exit ${String(code)}`) })
  try {
    await opened
  } catch (error) {
    const isDead = ended !== undefined
    await worker.terminate()
    if (isDead) return undefined
    throw error
  }
  const ask = (message: LoadStep | 'close'): Promise<SqlValue | undefined> => {
    const answer = next()
    worker.postMessage(message)
    return answer
  }
  const abandon = async (): Promise<void> => { await worker.terminate() }
  return {
    perform: ask,
    async close() {
      await ask('close')
      await abandon()
    },
    abandon,
  }
}

function startWorker(program: URL, file: string): Worker | undefined {
  try {
    return new Worker(program, { workerData: { file }, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } })
  } catch {
    // What a thread would have done is done here.
    return undefined
  }
}

interface GrowingList extends RowList {
  readonly statements: { readonly sql: string; readonly width: number }[]
  readonly which: number[]
  readonly values: SqlValue[]
}

function createLoader(performer: Performer): Loader {
  const underWay: Promise<unknown>[] = []
  let failed: { readonly error: unknown } | undefined
  let list = emptyList()
  let places = new Map<string, number>()
  let characters = 0
  /** What goes wrong is told to whoever asks for room next. */
  const give = (step: LoadStep): void => { underWay.push(performer.perform(step).catch((error: unknown) => { failed ??= { error } })) }
  const flush = (): void => {
    if (list.which.length === 0) return
    give(list)
    list = emptyList()
    places = new Map()
    characters = 0
  }
  const until = async (left: number): Promise<void> => {
    while (underWay.length > left) await underWay.shift()
    if (failed !== undefined) throw failed.error
  }
  return {
    insert(sql, row) {
      let place = places.get(sql)
      if (place === undefined) {
        place = list.statements.push({ sql, width: row.length }) - 1
        places.set(sql, place)
      }
      list.which.push(place)
      for (const value of row) {
        list.values.push(value)
        if (typeof value === 'string' || value instanceof Uint8Array) characters += value.length
      }
      if (list.which.length >= LIST_ROWS || characters >= LIST_CHARACTERS) flush()
    },
    exec(sql) {
      flush()
      give({ is: 'exec', sql })
    },
    room: () => until(LISTS_AHEAD),
    async value(sql) {
      flush()
      return performer.perform({ is: 'value', sql })
    },
    async close() {
      flush()
      await until(0)
      await performer.close()
    },
    abandon: performer.abandon,
  }
}

function emptyList(): GrowingList {
  return { is: 'rows', statements: [], which: [], values: [] }
}
