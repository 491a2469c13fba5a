/** The real world behind `Host`: this process, its streams, the pager and the signals. */
import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { AtomError } from '../base/errors.js'
import type { Environment, GlobalFlags, Host, RunContext, RunOperation, Stdin } from './host.js'
import { createOutput, type Output } from './terminal/output.js'
import { startPager, type Pager } from './terminal/pager.js'
import { createProgress, type ProgressReporter } from './terminal/progress.js'
import { isTerminal, wantsColor, writeNow, writeStderr } from './terminal/terminal.js'
import { createWriter, type BlockedListener, type Writer } from './terminal/writer.js'

export interface NodeHostParts {
  readonly flags: GlobalFlags
  /** The command as typed: `bisect start`. */
  readonly commandVerb: string
  readonly usesPager: boolean
  readonly signal: AbortSignal
  readonly runOperation: RunOperation
}

/** The host, and the way to bring its streams to an end. */
export interface OpenHost {
  readonly host: Host
  /** Flushes stdout, takes the progress bar away and waits until the pager is closed. */
  close(): Promise<void>
  /** Takes the progress bar away, for an error message. */
  erase(): void
}

export function createNodeHost(parts: NodeHostParts): OpenHost {
  const { flags } = parts
  const env: Environment = flags.branch === undefined ? process.env : { ...process.env, ATOM_BRANCH: flags.branch }
  const cwd = resolveFolder(process.cwd(), flags.folders)
  const outIsTerminal = isTerminal(1)
  const errIsTerminal = isTerminal(2)
  const listeners: BlockedListener[] = []
  const pager = parts.usesPager && outIsTerminal && flags.pager && !flags.json ? openPager(env, cwd) : undefined
  const out = openWriter(pager, listeners)
  const nowMs = (): number => readClock(env)
  const reporter = openProgress({ flags, errIsTerminal: errIsTerminal && pager === undefined, env })
  const output = createOutput({
    view: { width: widthOf(env, outIsTerminal), isTerminal: outIsTerminal, isVerbose: flags.verbose, isQuiet: flags.quiet, nowMs: nowMs() },
    isJson: flags.json,
    colors: { out: wantsColor(env, flags, outIsTerminal), err: wantsColor(env, flags, errIsTerminal) },
    out,
    err: (text) => {
      reporter.erase()
      writeStderr(text)
    },
  })
  const warner = warnThrough(reporter, output)
  const context: RunContext = {
    cwd, env, reporter: warner, signal: parts.signal, commandVerb: parts.commandVerb,
    watchOutput: (listener) => { listeners.push(listener) },
  }
  const host: Host = {
    cwd, env, flags, output, context, reporter: warner, stdin: createStdin(parts.signal), signal: parts.signal, nowMs,
    runOperation: (operation, input) => parts.runOperation(operation, input, context),
  }
  return {
    host,
    erase: () => { reporter.erase() },
    close: async () => {
      reporter.erase()
      try {
        await out.end()
      } finally {
        await pager?.done()
      }
    },
  }
}

function openWriter(pager: Pager | undefined, listeners: readonly BlockedListener[]): Writer {
  if (pager !== undefined) return createWriter({ openStream: () => pager.stdin, closes: true, listeners })
  return createWriter({ writeNow: (bytes) => writeNow(1, bytes), openStream: (): Writable => process.stdout, listeners })
}

function openPager(env: Environment, cwd: string): Pager | undefined {
  return startPager({
    env, cwd,
    hasProgram: (name) => isOnPath(name, env),
    spawn: (command, pagerEnv) => spawn(command, { shell: true, cwd, env: { ...pagerEnv }, stdio: ['pipe', 'inherit', 'inherit'] }),
  })
}

function openProgress(parts: { readonly flags: GlobalFlags; readonly errIsTerminal: boolean; readonly env: Environment }): ProgressReporter {
  return createProgress({
    isTerminal: parts.errIsTerminal && parts.env['TERM'] !== 'dumb',
    isQuiet: parts.flags.quiet,
    columns: parts.errIsTerminal ? columnsOr(parts.env, 80) : 80,
    nowMs: () => performance.now(),
    write: writeStderr,
    warn: () => undefined,
  })
}

/** Warnings go through the output, which knows colours and makes texts visible. */
function warnThrough(reporter: ProgressReporter, output: Output): ProgressReporter {
  return { ...reporter, warn: (message) => { output.warn([['warn', 'warning: '], ['plain', message]]) } }
}

/** Returns the folder that `-C` leads to; throws `PATH_NOT_FOUND` where there is none. */
export function resolveFolder(cwd: string, folders: readonly string[]): string {
  let folder = cwd
  for (const next of folders) {
    folder = resolve(folder, next)
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) continue
    throw new AtomError('PATH_NOT_FOUND', `cannot change to '${next}': there is no such folder`, { data: { path: folder } })
  }
  return folder
}

/** `ATOM_NOW_MS` stands in for the clock, for tests and imports. */
export function readClock(env: Environment): number {
  const fixed = env['ATOM_NOW_MS']
  if (fixed === undefined || fixed === '') return Date.now()
  const nowMs = Number(fixed)
  if (Number.isSafeInteger(nowMs)) return nowMs
  throw new AtomError('CONFIG_INVALID', `ATOM_NOW_MS is not a whole number of ms: ${fixed}`, { data: { file: 'environment', key: 'ATOM_NOW_MS', reason: 'not a whole number' } })
}

function widthOf(env: Environment, terminal: boolean): number {
  return terminal ? columnsOr(env, 80) : Number(env['COLUMNS'] ?? '') || Infinity
}

function columnsOr(env: Environment, fallback: number): number {
  return (Number(env['COLUMNS'] ?? '') || (isTerminal(1) ? process.stdout.columns : isTerminal(2) ? process.stderr.columns : 0)) || fallback
}

function isOnPath(program: string, env: Environment): boolean {
  const places = program.includes('/') ? [program] : (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program))
  if (process.platform === 'win32') return true
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK)
      return statSync(place).isFile()
    } catch {
      return false
    }
  })
}

const STDIN_LIMIT_BYTES = 1_073_741_824

function createStdin(signal: AbortSignal): Stdin {
  async function* chunks(): AsyncIterable<Uint8Array> {
    for await (const chunk of process.stdin) {
      signal.throwIfAborted()
      yield chunk as Uint8Array
    }
  }
  return {
    get isTerminal() { return isTerminal(0) },
    chunks,
    bytes: async (limitBytes = STDIN_LIMIT_BYTES) => {
      const parts: Uint8Array[] = []
      let sizeBytes = 0
      for await (const chunk of chunks()) {
        sizeBytes += chunk.length
        if (sizeBytes > limitBytes) throw new AtomError('INPUT_INVALID', `stdin holds more than ${limitBytes} bytes`, { data: { field: 'stdin' } })
        parts.push(chunk)
      }
      return Buffer.concat(parts)
    },
  }
}
