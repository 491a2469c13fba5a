import { existsSync, readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { digestOf } from '../../codec/object-id.js'
import { quoteWord } from '../../ops/quote-word.js'
import { replay, type RecordedCommand, type ReplayStep } from '../../ops/undo/replay.js'
import { scratchCompare, scratchLayOut, type ScratchDifferences, type ScratchResult } from '../../ops/files/scratch.js'
import { displayPath } from '../../trail/paths.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import type { Host } from '../host.js'
import type { Line } from '../terminal/output.js'
import { titleSpan } from '../render/atom-lines.js'
import { runInFolder } from '../run-in-folder.js'

export const replayCommand: Command = defineCommand({
  name: 'replay',
  group: 'undo',
  summary: 'Lay out the steps of the trail one after the other',
  description: 'After each step the folder is compared with what the ATOM recorded. With --run the commands in its evidence run there, in your account, before the comparison: it says which first, '
    + 'and what came out otherwise is reported. The exit code is 1 where anything differs.',
  usage: 'replay A..B --to DIR [--run]',
  positionals: ['range'],
  options: {
    to: text('DIR', 'The folder, new or empty'),
    run: flag('Run the recorded commands'),
    force: flag('Overwrite files in the folder'),
  },
  examples: [['atom replay ATOM-SAGE-20241127-001..HEAD --to /tmp/replay', 'the states after each step'], ['atom replay HEAD~3.. --to /tmp/replay --run', 'run again what was run']],
  perform: async (host, { positionals, options }) => {
    if (options.to === undefined) throw new AtomError('USAGE', 'replay needs a folder', { data: { option: 'to' }, hint: `atom replay ${positionals.range} --to DIR` })
    const steps: ReplayStep[] = []
    for await (const step of await host.runOperation(replay, { range: positionals.range }) as AsyncIterable<ReplayStep>) steps.push(step)
    if (options.run) announce(host, steps)
    checkEmpty(resolve(host.cwd, options.to), options)
    const place: Place = { folder: resolve(host.cwd, options.to), force: options.force, previous: undefined }
    let differing = 0
    for (const [index, step] of steps.entries()) {
      host.signal.throwIfAborted()
      host.reporter.progress('replaying', index, steps.length)
      const done = await perform(host, place, { step, isRun: options.run && step.is === 'step' })
      if (step.is === 'start') continue
      if (host.output.isJson) await host.output.json(stepJson(done))
      else for (const line of stepLines(done)) await host.output.line(line)
      if (!isAsRecorded(done)) differing++
    }
    const count = steps.filter(({ is }) => is === 'step').length
    host.output.note([[differing === 0 ? 'ok' : 'warn', differing === 0 ? count === 1 ? 'the one step is as recorded' : `all ${String(count)} steps are as recorded` : `${String(differing)} of ${String(count)} steps came out otherwise`]])
    return differing === 0 ? 0 : 1
  },
})

/** Later steps overwrite what lies in the folder: it has to be ours alone. */
function checkEmpty(folder: string, { force }: { readonly force: boolean }): void {
  const names = force || !existsSync(folder) || !statSync(folder).isDirectory() ? [] : readdirSync(folder)
  if (names.length === 0) return
  throw new AtomError('LOCAL_CHANGES', `the folder ${folder} is not empty`, { data: { paths: names.slice(0, 20) }, hint: 'name a new or empty folder, or overwrite with --force' })
}

interface Place { readonly folder: string; readonly force: boolean; previous: string | undefined }
interface RanCommand extends RecordedCommand { readonly actual: number | null }
interface DoneStep {
  readonly step: ReplayStep
  readonly different: readonly string[]
  readonly ran: readonly RanCommand[]
  readonly written: number
}

function isAsRecorded({ different, ran }: DoneStep): boolean {
  return different.length === 0 && ran.every(({ exitCode, actual }) => exitCode === undefined || exitCode === actual)
}

/** Says what will run before anything does. */
function announce(host: Host, steps: readonly ReplayStep[]): void {
  for (const { atomId, commands, is } of steps) {
    if (is === 'step') for (const { command } of commands) host.output.warn([['warn', 'will run: '], ['command', command.map(quoteWord).join(' ')], ['dim', ` (${atomId})`]])
  }
}

async function perform(host: Host, place: Place, { step, isRun }: { readonly step: ReplayStep; readonly isRun: boolean }): Promise<DoneStep> {
  const { folder, previous } = place
  const { object } = step
  const ran: RanCommand[] = []
  let different: readonly string[] = []
  const isRunning = isRun && step.commands.length > 0
  if (isRunning) {
    for (const recorded of step.commands) {
      host.signal.throwIfAborted()
      ran.push({ ...recorded, actual: (await runInFolder(host, { folder, command: recorded.command, atom: step })).exitCode })
    }
    different = await compare(host, { folder, object, previous })
  }
  // What runs next starts from what was recorded, however this one came out.
  const laid = await host.runOperation(scratchLayOut, { folder, object, previous, force: place.force || previous !== undefined }) as ScratchResult
  const [inTheWay] = laid.left.filter((file) => file.isInTheWay)
  if (inTheWay !== undefined) {
    throw new AtomError('LOCAL_CHANGES', `${displayPath(inTheWay.path)} is in the way in ${folder}: ${inTheWay.reason}`, { data: { paths: laid.left.map(({ path }) => displayPath(path)) }, hint: 'name a new or empty folder, or overwrite with --force' })
  }
  for (const { path, reason } of laid.left) host.reporter.warn(`not laid out: ${displayPath(path)}: ${reason}`)
  if (!isRunning) different = await compare(host, { folder, object, previous })
  place.previous = object
  return { step, different: different.map(displayPath), ran, written: laid.written + laid.removed }
}

async function compare(host: Host, input: { readonly folder: string; readonly object: string; readonly previous: string | undefined }): Promise<readonly string[]> {
  return (await host.runOperation(scratchCompare, input) as ScratchDifferences).different
}

function stepJson(done: DoneStep): unknown {
  const { step, different, ran } = done
  return {
    atom_id: step.atomId, object: step.object, title: step.title ?? null, expected_tree: digestOf(step.tree), matches: isAsRecorded(done), different,
    commands: ran.map(({ command, exitCode, actual }) => ({ command, expected_exit_code: exitCode ?? null, exit_code: actual })),
  }
}

function stepLines(done: DoneStep): readonly Line[] {
  const { step, different, ran, written } = done
  const isFine = isAsRecorded(done)
  return [
    [[isFine ? 'ok' : 'error', isFine ? 'same    ' : 'differs '], ['atom', step.atomId], ['plain', ' '], titleSpan(step.title), ['dim', ` (${String(written)} ${written === 1 ? 'file' : 'files'})`]],
    ...ran.map(({ command, exitCode, actual }): Line => [['plain', '    ran '], ['command', command.map(quoteWord).join(' ')], ['plain', `: exit code ${String(actual)}${exitCode === undefined || exitCode === actual ? '' : `, recorded was ${String(exitCode)}`}`]]),
    ...different.map((path): Line => [['removed', '    otherwise: '], ['path', path]]),
  ]
}
