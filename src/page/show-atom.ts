/** One ATOM in full: who, when, why, on whose advice, with what evidence, and what it changed. */
import { getText } from '../base/bytes.js'
import { AtomError, isAtomError } from '../base/errors.js'
import { objectId } from '../codec/object-id.js'
import { isBinary } from '../history/content/binary.js'
import type { Evidence } from '../object/body.js'
import { fileDiff } from '../ops/look/file-diffs.js'
import { getContent } from '../store/content.js'
import { toAtomJson, type AtomJson } from '../trail/atom-json.js'
import type { AtomRecord } from '../trail/record.js'
import { diffTrees, type TreeChange } from '../tree/diff.js'
import { EMPTY_TREE } from '../tree/read.js'
import { displayPath } from '../trail/paths.js'
import { element, type Child } from './dom.js'
import { amount, timeText } from './plain.js'
import { readBody, type PageAtom, type Timeline } from './timeline.js'

/** Of one text as it is shown; all of it is in the file. */
const SHOWN_MAX_CHARACTERS = 200_000

export function showAtom(timeline: Timeline, atom: PageAtom): HTMLElement {
  const files = filesOf(timeline, atom)
  const record = recordOf(timeline, atom, files instanceof AtomError ? [] : files)
  const json = toAtomJson(record)
  const { metadata, tokens } = json
  return element('div', 'atom',
    fieldTable(atom, json),
    json.forgotten ? element('p', 'dim', 'Its body was forgotten, or is not in this file.') : undefined,
    textSection('Reason', json.reason ?? ''),
    textSection('Metadata', Object.keys(metadata).length === 0 ? '' : JSON.stringify(metadata, null, 2)),
    textSection('Tokens', tokens.total === 0 && tokens.model === null ? '' : JSON.stringify(tokens, null, 2)),
    ...(record.body?.evidence ?? []).map((evidence) => showEvidence(timeline, evidence)),
    ...(files instanceof AtomError ? [element('p', 'error', `What it changed cannot be shown: ${files.message}`)] : files.map((change) => showChange(timeline, change))))
}

function recordOf(timeline: Timeline, { id, header }: PageAtom, files: readonly TreeChange[]): AtomRecord {
  const body = readBody(timeline.objects, header)
  const [first] = header.parents
  const previous = first === undefined ? undefined : timeline.getAtom(first)
  const influences = header.influencedBy.map(({ object }) => {
    const known = timeline.getAtom(objectId(object, 'dag-cbor'))
    return { object, ...(known && { atomId: known.header.atomId }) }
  })
  return { seq: 0, id, header, influences, files, isTainted: false, ...(body && { body }), ...(previous && { previousAtomId: previous.header.atomId }) }
}

/** Returns what changed against the first parent, or why that cannot be known here. */
function filesOf(timeline: Timeline, { header }: PageAtom): readonly TreeChange[] | AtomError {
  const [first] = header.parents
  const before = first === undefined ? EMPTY_TREE.id : timeline.getAtom(first)?.header.tree
  try {
    return before === undefined ? [] : diffTrees(timeline.objects, before, header.tree)
  } catch (error) {
    if (isAtomError(error)) return error
    throw error
  }
}

function fieldTable({ header }: PageAtom, json: AtomJson): HTMLElement {
  const row = (name: string, value: string | null): HTMLElement | undefined => (value === null ? undefined : element('tr', '', element('th', '', name), element('td', '', value)))
  return element('table', 'fields',
    row('object', json.object), row('agent', json.agent), row('operation', json.operation), row('time', timeText(header.timeMs)), row('project', json.project),
    ...json.parents.map((parent, at) => row('parent', at === 0 && json.previous_atom !== null ? `${json.previous_atom}  ${parent}` : parent)),
    ...json.influenced_by.map(({ atom_id: atomId, object }) => row('built on', `${atomId ?? 'not in this file'}  ${object}`)),
    row('context-sync', json.context_sync_ref))
}

function textSection(title: string, value: string): HTMLElement | undefined {
  return value === '' ? undefined : element('section', '', element('h4', '', title), element('pre', '', cut(value)))
}

function cut(value: string): string {
  return value.length > SHOWN_MAX_CHARACTERS ? `${value.slice(0, SHOWN_MAX_CHARACTERS)}\n… ${amount(value.length - SHOWN_MAX_CHARACTERS)} more characters` : value
}

function showEvidence({ objects }: Timeline, evidence: Evidence): HTMLElement {
  const { name, phase, command, path, exitCode, value, unit, content } = evidence
  const facts = [command?.join(' '), path, exitCode === undefined ? undefined : `exit ${String(exitCode)}`, value === undefined ? undefined : `${String(value)}${unit === undefined ? '' : ` ${unit}`}`]
  const bytes = content === undefined ? undefined : getContent(objects, content)
  return element('section', '', element('h4', '', `Evidence ${phase}: ${name}`), element('p', '', facts.filter((fact) => fact !== undefined).join(' · ')),
    content === undefined ? undefined : element('pre', '', bytes === undefined ? '(forgotten, or not in this file)' : contentText(bytes)))
}

function contentText(bytes: Uint8Array): string {
  const text = isBinary(bytes) ? undefined : getText(bytes)
  return text === undefined ? `(${amount(bytes.length)} bytes)` : cut(text)
}

function showChange({ objects }: Timeline, change: TreeChange): HTMLElement {
  const lines = cut(patchOf(objects, change)).split('\n')
  return element('section', '', element('h4', '', `${change.change} ${displayPath(change.path)}`), element('pre', 'patch', ...lines.map(patchLine)))
}

function patchOf(objects: Timeline['objects'], change: TreeChange): string {
  try {
    return fileDiff(objects, change).patch.trimEnd()
  } catch (error) {
    if (isAtomError(error)) return `(cannot be shown: ${error.message})`
    throw error
  }
}

const LINE_CLASSES: { readonly [start: string]: string } = { '+': 'added', '-': 'removed', '@': 'hunk' }

function patchLine(line: string): Child {
  return element('span', LINE_CLASSES[line.charAt(0)] ?? '', `${line}\n`)
}
