/** `cherry-pick` and `revert`: two words for one use case, in two directions. */
import { AtomError } from '../../base/errors.js'
import type { Laid } from '../../ops/fork/integrate.js'
import { pick, pickRest, type PickResult } from '../../ops/fork/pick.js'
import { defineCommand, integer, text, type Command } from '../command.js'
import type { Host } from '../host.js'
import { endOptions, endWaiting, endWithFiles } from '../integration-end.js'
import { LONG_LAY_OUT_OPTIONS, layOutWords } from '../words/lay-out-options.js'
import { pickJson, renderPick, stoppedLines } from '../render/integration.js'
import { recordedNote } from '../render/recorded.js'

type Kind = 'cherry-pick' | 'revert'

const options = {
  mainline: integer('N', 'Of a merge: the change against its N-th parent', { short: 'm', min: 1 }),
  title: text('TITLE', 'The title, instead of the usual one'),
  ...endOptions,
  ...LONG_LAY_OUT_OPTIONS,
}

export const cherryPickCommand: Command = defineCommand({
  name: 'cherry-pick',
  group: 'fork',
  summary: 'Bring the change of single ATOMs onto the current branch',
  description: 'Each becomes a new ATOM of the same type and title that is influenced by the one it comes from. Tokens and evidence stay with that one. After conflicts, those recorded before stay.',
  usage: 'cherry-pick REV… | --continue [-- PATH…] | --abort | --quit',
  positionals: ['revs...?'],
  afterDashes: 'PATH...',
  options,
  examples: [['atom cherry-pick ATOM-CFG-20241127-035', 'only that change'], ['atom cherry-pick main~3..main', 'the last three of main, oldest first']],
  perform: (host, { positionals, options: given, afterDashes }) => perform(host, { kind: 'cherry-pick', revisions: positionals.revs, given, paths: afterDashes ?? [] }),
})

export const revertCommand: Command = defineCommand({
  name: 'revert',
  group: 'undo',
  summary: 'Put back what ATOMs changed, by new ATOMs',
  description: 'Puts back every tracked file that the ATOM changed, also those that a command changed under `atom run`. What somebody changed since is merged, with conflicts where that cannot be. '
    + 'The reverted ATOM stays in the trail; what built on it is shown as tainted.',
  usage: 'revert REV… | --continue [-- PATH…] | --abort | --quit',
  positionals: ['revs...?'],
  afterDashes: 'PATH...',
  options,
  examples: [['atom revert ATOM-CFG-20241127-035', 'take that change back'], ['atom revert HEAD~2..', 'the last two, newest first'], ['atom revert --scope home HEAD', 'files in the home folder too']],
  perform: (host, { positionals, options: given, afterDashes }) => perform(host, { kind: 'revert', revisions: positionals.revs, given, paths: afterDashes ?? [] }),
})

interface Call {
  readonly kind: Kind
  readonly revisions: readonly string[]
  readonly given: { readonly mainline: number | undefined; readonly title: string | undefined; readonly continue: boolean; readonly abort: boolean; readonly quit: boolean; readonly force: boolean; readonly dryRun: boolean; readonly scope: readonly string[] }
  readonly paths: readonly string[]
}

async function perform(host: Host, { kind, revisions, given, paths }: Call): Promise<number> {
  const ended = await endWaiting(host, { kind, options: given, title: given.title, paths, words: revisions })
  if (ended !== undefined) {
    const rest = 'atom' in ended ? ended.state.rest : []
    return rest.length === 0 ? 0 : await show(host, { kind, isDryRun: false }, await host.runOperation(pickRest, { kind, ids: rest, ...layOutWords(given) }) as AsyncIterable<PickResult>)
  }
  if (revisions.length === 0) throw new AtomError('USAGE', `${kind} needs a revision`, { data: {}, hint: `atom ${kind} REV` })
  const results = await host.runOperation(pick, { kind, revisions, mainline: given.mainline, title: given.title, ...layOutWords(given) }) as AsyncIterable<PickResult>
  return await show(host, { kind, isDryRun: given.dryRun }, results)
}

async function show(host: Host, { kind, isDryRun }: { readonly kind: Kind; readonly isDryRun: boolean }, results: AsyncIterable<PickResult>): Promise<number> {
  const lacking: string[] = []
  let code = 0
  let last: Laid | undefined
  for await (const result of results) {
    if (host.output.isJson) await host.output.json(pickJson(result))
    else for (const line of renderPick(result)) await host.output.line(line)
    if (result.atom !== undefined && !host.output.isJson) for (const line of recordedNote({ atom: result.atom, ref: result.ref, isNewBranch: false }, host.output.view)) host.output.note(line)
    for (const command of result.commands) host.output.note([['warn', 'not undone: '], ['plain', 'what else this command did: '], ['command', command.join(' ')]])
    if (result.result === 'conflicts') {
      for (const line of stoppedLines({ kind, isWaiting: result.isWaiting, isDryRun, branch: result.ref.replace('refs/heads/', '') })) host.output.note(line)
      if (result.rest > 0) host.output.note([['hint', `${String(result.rest)} more come after --continue`]])
      code = 1
    }
    lacking.push(...result.files?.lacking ?? [])
    last = result.files ?? last
  }
  if (code === 0 && last !== undefined) endWithFiles({ ...last, lacking: [...new Set(lacking)] })
  return code
}
