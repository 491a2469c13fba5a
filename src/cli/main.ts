/** The command line from argv to exit code. `bin/atom.js` calls `main` and nothing else. */
import { CATALOGUE } from './catalogue.js'
import type { Command, CommandEntry, Parsed } from './words/declaration.js'
import { errorJson, exitCodeOf, explainError, INTERRUPTED } from './exit.js'
import { boundHeap } from './heap.js'
import type { RunOperation } from './host.js'
import { createNodeHost, type OpenHost } from './node-host.js'
import { formatSpans, type Line } from './terminal/output.js'
import { parseWords } from './words/parse.js'
import { findEntry, route } from './words/route.js'
import { isTerminal, wantsColor, writeStderr } from './terminal/terminal.js'
import { isGone, ReaderGone } from './terminal/writer.js'

/** Runs one command line and returns its exit code, with everything flushed. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  using signals = catchSignals(argv)
  using _heap = boundHeap()
  const { interrupt } = signals
  let open: OpenHost | undefined
  let dropAhead: (() => Promise<void>) | undefined
  const ends: (() => void)[] = []
  try {
    dropAhead = await openAhead(argv)
    const call = await findCall(argv, CATALOGUE)
    open = createNodeHost({ flags: call.parsed.flags, commandVerb: call.path, usesPager: call.command.pager, signal: interrupt, runOperation: operationRunner(ends) })
    const code = await (call.command.execute as NonNullable<Command['execute']>)(open.host, call.parsed)
    await open.close()
    return interrupt.aborted ? INTERRUPTED : code
  } catch (error) {
    return await fail(error, { argv, open, interrupt })
  } finally {
    await dropAhead?.()
    for (const work of ends) work()
  }
}

/** The usual commands work on the store, whatever else their words say. */
const OPENED_AHEAD: readonly string[] = ['add', 'log', 'show', 'branch', 'status']

/** Has the store opened while the command's modules load and its words are read. Not where a word may name another folder, or ask for help. */
async function openAhead(argv: readonly string[]): Promise<(() => Promise<void>) | undefined> {
  if (!OPENED_AHEAD.includes(argv[0] ?? '') || argv.some((word) => word.startsWith('-C') || word === '-h' || word === '--help')) return undefined
  const app = await import('../app/run.js')
  return app.openAhead({ cwd: process.cwd(), env: process.env })
}

interface Call {
  readonly command: Command
  readonly path: string
  readonly parsed: Parsed
}

/** `--help`, `--version` and no words at all are commands too: `help`, `version`, `overview`. */
async function findCall(argv: readonly string[], catalogue: readonly CommandEntry[]): Promise<Call> {
  const found = await route(argv, catalogue)
  switch (found.is) {
    case 'version':
      return callOf(catalogue, 'version', argv.filter((word) => word !== '--version'))
    case 'help':
      return callHelp(catalogue, found.path, argv)
    case 'nothing':
      return callOf(catalogue, findEntry('overview', catalogue) === undefined ? 'help' : 'overview', found.words)
    case 'command': {
      const outcome = parseWords(found.command, found.path, found.words)
      if (outcome.is === 'help') return callHelp(catalogue, found.path, argv)
      return { command: found.command, path: found.path, parsed: outcome.parsed }
    }
  }
}

function callHelp(catalogue: readonly CommandEntry[], path: string, argv: readonly string[]): Promise<Call> {
  const switches = ['--no-pager', '--no-color', '--json'].filter((word) => argv.includes(word))
  return callOf(catalogue, 'help', [...switches, ...path.split(' ').filter((word) => word !== '')])
}

async function callOf(catalogue: readonly CommandEntry[], name: string, words: readonly string[]): Promise<Call> {
  const entry = findEntry(name, catalogue)
  if (entry === undefined) throw new TypeError(`the catalogue has no ${name}`)
  const command = await entry.load()
  const outcome = parseWords(command, name, words)
  if (outcome.is === 'help') return callHelp(catalogue, name, [])
  return { command, path: name, parsed: outcome.parsed }
}

/** Opens the app only when a command runs an operation. */
function operationRunner(ends: (() => void)[]): RunOperation {
  return async (operation, input, context) => {
    const app = await import('../app/run.js')
    return app.runOperation(operation, input, { ...context, atEnd: (work) => { ends.push(work) } })
  }
}

interface Failure {
  readonly argv: readonly string[]
  readonly open: OpenHost | undefined
  readonly interrupt: AbortSignal
}

async function fail(error: unknown, failure: Failure): Promise<number> {
  const { argv, open, interrupt } = failure
  open?.erase()
  // What was answered before the error still belongs to the person who asked. Where even that cannot be written, the first error is the one to report.
  await open?.close().catch(() => undefined)
  const isInterrupted = interrupt.aborted && exitCodeOf(error) !== 0
  if (!isInterrupted || open?.host.flags.json === true) report(error, argv)
  return isInterrupted ? INTERRUPTED : exitCodeOf(error)
}

function report(error: unknown, argv: readonly string[]): void {
  if (error instanceof ReaderGone) return
  // The flags may not have been parsed: an error in them is reported the way they ask for all the same.
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  if (words.includes('--json')) {
    writeStderr(`${errorJson(error)}\n`)
    return
  }
  const color = wantsColor(process.env, { color: !words.includes('--no-color') }, isTerminal(2))
  for (const line of explainError(error)) writeStderr(`${formatLine(line, color)}\n`)
}

function formatLine(line: Line, color: boolean): string {
  return 'bytes' in line ? '' : formatSpans(line, color)
}

interface Signals extends Disposable {
  readonly interrupt: AbortSignal
}

/**
 * The first SIGINT lets the batch in flight end; the second one ends everything. A stray error is our bug, unless it only says
 * that nobody reads any more.
 */
function catchSignals(argv: readonly string[]): Signals {
  const controller = new AbortController()
  const onInterrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort()
  }
  const onStray = (error: unknown): void => {
    if (isGone(error) || error instanceof ReaderGone) process.exit(0)
    report(error, argv)
    process.exit(exitCodeOf(error))
  }
  process.on('SIGINT', onInterrupt)
  process.on('uncaughtException', onStray)
  process.on('unhandledRejection', onStray)
  return {
    interrupt: controller.signal,
    [Symbol.dispose]: () => {
      process.off('SIGINT', onInterrupt)
      process.off('uncaughtException', onStray)
      process.off('unhandledRejection', onStray)
    },
  }
}
