/**
 * `bisect run`: asks a command about each candidate, laid out in a scratch folder and never over the user's own files.
 *
 * The store is not held while the command runs. Every answer is kept at once: interrupted anywhere, `bisect run` goes on where it was. The
 * scratch folder goes in the end, whatever happened.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { digestOf } from '../../codec/object-id.js'
import { bisectMark, bisectNext, bisectSource, verdictOfExit, type BisectReport } from '../../ops/search/bisect.js'
import { scratchLayOut, type ScratchResult } from '../../ops/files/scratch.js'
import { displayPath } from '../../trail/paths.js'
import type { Host } from '../host.js'
import { bisectJson, renderBisect } from '../render/bisect.js'
import { runInFolder } from '../run-in-folder.js'

export async function bisectRun(host: Host, command: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'atom-bisect-'))
  const onExit = (): void => { rmSync(folder, { recursive: true, force: true }) }
  process.once('exit', onExit)
  try {
    return await search(host, { command, folder, tested: 0, previous: undefined })
  } finally {
    process.off('exit', onExit)
    onExit()
  }
}

interface Run {
  readonly command: readonly string[]
  readonly folder: string
  tested: number
  /** What lies in the folder. */
  previous: string | undefined
}

async function search(host: Host, run: Run): Promise<number> {
  let report = await host.runOperation(bisectNext, {}) as BisectReport
  if (report.state === 'waiting') throw new AtomError('USAGE', `bisect run needs a ${report.needs.join(' and a ')} ATOM first`, { data: {}, hint: `atom bisect ${report.needs[0] ?? 'bad'} REV` })
  while (report.state === 'testing' && report.candidate !== undefined) {
    await show(host, report)
    const object = digestOf(report.candidate.id)
    const exitCode = await test(host, run, { object, atomId: report.candidate.header.atomId })
    host.signal.throwIfAborted()
    const verdict = verdictOfExit(exitCode)
    if (verdict === 'abort') throw failed(run.command, exitCode)
    if (run.tested++ === 0 && (exitCode === 126 || exitCode === 127)) await checkRunnable(host, run, exitCode)
    const word = verdict === 'skip' ? 'skip' : report.terms[verdict]
    host.output.note([['dim', `exit code ${String(exitCode)}: ${word}`]])
    report = await host.runOperation(bisectMark, { word, revisions: [object] }) as BisectReport
  }
  await show(host, report)
  return report.state === 'found' ? 0 : 1
}

async function show(host: Host, report: BisectReport): Promise<void> {
  if (host.output.isJson) await host.output.json(bisectJson(report))
  else for (const line of renderBisect(report)) await host.output.line(line)
}

interface Candidate { readonly object: string; readonly atomId: string }

async function test(host: Host, run: Run, atom: Candidate): Promise<number | null> {
  await layOut(host, run, atom.object)
  host.signal.throwIfAborted()
  return (await runInFolder(host, { folder: run.folder, command: run.command, atom })).exitCode
}

/** Lays a candidate out over the one before; where the command left something in the way, in an empty folder. */
async function layOut(host: Host, run: Run, object: string): Promise<void> {
  let laid = await host.runOperation(scratchLayOut, { folder: run.folder, object, previous: run.previous, force: true }) as ScratchResult
  if (laid.left.some(({ isInTheWay }) => isInTheWay)) {
    for (const name of readdirSync(run.folder)) rmSync(join(run.folder, name), { recursive: true, force: true })
    laid = await host.runOperation(scratchLayOut, { folder: run.folder, object, force: true }) as ScratchResult
  }
  run.previous = object
  for (const { path, reason } of laid.left) host.reporter.warn(`not laid out: ${displayPath(path)}: ${reason}`)
}

function failed(command: readonly string[], exitCode: number | null): AtomError<'COMMAND_FAILED'> {
  return new AtomError('COMMAND_FAILED', `the search stopped: the command ${exitCode === null ? 'was ended by a signal' : `ended with ${String(exitCode)}, which is no verdict`}`, {
    data: { command: command.join(' '), exitCode }, hint: 'nothing was marked; 0 means good, 1 to 127 bad, 125 skip. Repeat bisect run to go on',
  })
}

/** A command that cannot even be started would call everything bad: it is asked about a good one first. */
async function checkRunnable(host: Host, run: Run, exitCode: number): Promise<void> {
  const good = await host.runOperation(bisectSource, {}) as Candidate
  if (await test(host, run, good) !== exitCode) return
  throw new AtomError('COMMAND_FAILED', `the command ends with ${String(exitCode)} for the good ${good.atomId} too: ${exitCode === 127 ? 'it cannot be found' : 'it cannot be run'}`, {
    data: { command: run.command.join(' '), exitCode }, hint: 'it runs in a scratch folder with the files of each ATOM; name a program that is not among them by its absolute path',
  })
}
