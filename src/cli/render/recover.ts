/** What `recover` says: the counts, what was proved, what was compared, what is lost. */
import type { Comparison } from '../../app/recover/compare.js'
import type { RecoverResult } from '../../app/recover/recover.js'
import { quoteWord } from '../../ops/quote-word.js'
import { displayPath } from '../../tree/scope.js'
import { amount, counted } from './verify.js'
import type { Label, Line, Span } from '../terminal/output.js'
import { laidOutJson } from '../words/lay-out-options.js'

const SHOWN_MAX = 5

/** Returns the report: labels end in one column, so that `Label: value` stays together. */
export function renderRecovered(result: RecoverResult): readonly Line[] {
  const { tally, verified, compared, witness } = result
  const errors = verified.findings.filter(({ severity }) => severity === 'error').length
  return [
    row('Found', `${amount(tally.atoms)} ATOM entries`),
    row('Progress', `${amount(verified.atoms)}/${amount(tally.atoms)} (${percent(verified.atoms, tally.atoms)}%)`),
    row('Project count', `${String(tally.projects.length)}${tally.projects.length === 0 ? '' : ` (${some(tally.projects)})`}`),
    row('Decision count', amount(tally.decisions)),
    row('File operations', amount(tally.fileOperations)),
    row('SAGE executions', amount(tally.sageRuns)),
    row('Research entries', amount(tally.research)),
    [['ok', `All ${amount(verified.atoms)} ATOMs verified`]],
    row('Chain integrity', errors === 0 ? 'INTACT' : 'BROKEN', errors === 0 ? 'ok' : 'error'),
    [errors === 0 ? ['ok', 'No tampering detected'] : ['error', `Tampering or damage detected: atom verify lists ${String(errors)} errors`]],
    agreement('Config files', compared.config),
    agreement('Decisions', compared.decisions),
    agreement('SAGE evidence', compared.evidence),
    row('Total data lost', counted(witness.lost.length, 'ATOM'), witness.lost.length === 0 ? 'ok' : 'error'),
    row('Time to recover', `${(result.tookMs / 1_000).toFixed(1)} s`),
  ]
}

const LABEL_COLUMNS = 'Research entries'.length + 2

function row(label: string, value: string, as: Label = 'plain'): readonly Span[] {
  return [['key', `${label}:`.padStart(LABEL_COLUMNS)], ['plain', ' '], [as, value]]
}

function agreement(label: string, { result, compared, differing, missing }: Comparison): Line {
  const detail = [...missing.length > 0 ? [`${amount(missing.length)} missing`] : [], ...differing.length > 0 ? [`${amount(differing.length)} differ`] : []]
  return [...row(label, result, result === 'MATCH' ? 'ok' : 'warn'), ['dim', compared === 0 ? ' (there are none)' : result === 'MATCH' ? ` (${amount(compared)})` :  ` (${detail.join(', ')} of ${amount(compared)})`]]
}

function percent(part: number, whole: number): string {
  return String(whole === 0 ? 100 : Math.floor((100 * part) / whole))
}

function some(names: readonly string[]): string {
  return names.slice(0, SHOWN_MAX).join(', ') + (names.length > SHOWN_MAX ? `, and ${String(names.length - SHOWN_MAX)} more` : '')
}

/** Returns where everything is now and what is left to do, for stderr. */
export function recoverNotes(result: RecoverResult): readonly Line[] {
  const { folder, aside, salvaged, witness, compared, files, spooled, forgottenRemotes, location, log, logs } = result
  return [
    [['plain', 'Recovered '], ['path', folder], ['plain', ' from '], ['remote', location]],
    ...aside === undefined ? [] : [[['plain', 'The damaged store is now '], ['path', aside]] satisfies Line],
    ...salvaged === 0 ? [] : [[['plain', `${counted(salvaged, 'ATOM')} came from the damaged store alone; to send: `], ['command', `atom push ${result.remote}`]] satisfies Line],
    ...witness.lost.slice(0, SHOWN_MAX).map(({ atomId, title }): Line => [['error', 'lost: '], ['id', atomId], ['plain', title === undefined ? '' : ` ${title}`]]),
    ...witness.lost.length > SHOWN_MAX ? [[['error', `lost: ${amount(witness.lost.length - SHOWN_MAX)} more; --json lists them`]] satisfies Line] : [],
    ...witness.from.length > 0 ? [] : [[['warn', 'Nothing of the old store was left that tells what it held: what was recorded after the last push, if anything, is not counted as lost']] satisfies Line],
    ...log !== undefined ? [] : [[['warn', logs.length > 1 ? `The remote has operation logs of ${String(logs.length)} stores, and nothing here tells which one was lost; a new one was begun. To continue one: --log ${some(logs)}` : 'The remote has no operation log of this store: a new one was begun, and undo reaches back to here']] satisfies Line],
    ...spooled === 0 ? [] : [[['plain', `${counted(spooled, 'spooled recording')} taken along; the next command records what waits`]] satisfies Line],
    ...forgottenRemotes.length === 0 ? [] : [[['warn', `The ${forgottenRemotes.length === 1 ? 'URL' : 'URLs'} of ${some(forgottenRemotes)} ${forgottenRemotes.length === 1 ? 'was' : 'were'} lost: `], ['command', `atom remote add ${forgottenRemotes[0] ?? ''} URL`]] satisfies Line],
    ...differing(compared.config),
    ...lacking(compared.config, files !== undefined),
  ]
}

function differing({ differing: paths }: Comparison): readonly Line[] {
  if (paths.length === 0) return []
  return [[['plain', `${counted(paths.length, 'file')} on disk other than in the trail, left as they are: ${some(paths.map(displayPath))}; to replace them: `], ['command', `atom restore --force ${quoteWord(displayPath(paths[0] ?? ''))}`]]]
}

function lacking({ missing }: Comparison, wereLaidOut: boolean): readonly Line[] {
  if (missing.length === 0) return []
  const outside = ['home', 'system'].filter((scope) => missing.some((path) => path.startsWith(`${scope}/`)))
  const words = outside.length === missing.length || wereLaidOut ? '' : '.'
  const places = outside.map((scope) => (scope === 'home' ? '~' : '/'))
  const command = ['atom restore', ...outside.length === 0 ? [] : [`--scope ${outside.join(',')}`], ...words === '' ? [] : [words], ...places].join(' ')
  return [[['plain', `${counted(missing.length, 'tracked file')} not on disk: ${some(missing.map(displayPath))}; to lay them out: `], ['command', command]]]
}

export function recoveredJson(result: RecoverResult): unknown {
  const { tally, verified, compared, witness } = result
  return {
    folder: result.folder, root: result.root ?? null, from: result.location, remote: result.remote, aside: result.aside ?? null, branch: result.branch ?? null,
    log: result.log ?? null, logs: result.logs,
    atoms: tally.atoms, projects: tally.projects, decisions: tally.decisions, file_operations: tally.fileOperations, sage_runs: tally.sageRuns, research: tally.research,
    verified: { ok: verified.ok, atoms: verified.atoms, objects: verified.objects, bytes: verified.bytes, trail_root: verified.root },
    compared: { config_files: comparisonJson(compared.config), decisions: comparisonJson(compared.decisions), sage_evidence: comparisonJson(compared.evidence) },
    salvaged: result.salvaged,
    lost: witness.lost.map(({ object, atomId, title }) => ({ object, atom_id: atomId, title: title ?? null })), witnesses: witness.from,
    spooled: result.spooled, lost_remotes: result.forgottenRemotes,
    files: result.files === undefined ? null : laidOutJson(result.files),
    duration_ms: Math.round(result.tookMs),
  }
}

function comparisonJson({ result, compared, differing: paths, missing }: Comparison): unknown {
  return { result, compared, differing: paths.map(displayPath), missing: missing.map(displayPath) }
}
