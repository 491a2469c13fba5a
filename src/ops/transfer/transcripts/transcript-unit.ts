/** A piece of a session → the values of its ATOM: derived from the transcript alone, so that every machine gets the same ids. */
import { isWellFormed, utf8 } from '../../../base/bytes.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../../../base/limits.js'
import type { CborValue } from '../../../codec/cbor.js'
import { sha256Hex } from '../../../codec/hash.js'
import type { ObjectId } from '../../../codec/object-id.js'
import { dayOf, parseAtomId, type AtomId } from '../../../object/atom-id.js'
import type { Body, Evidence, EvidencePhase, Tokens } from '../../../object/body.js'
import type { SealedObject } from '../../../object/seal.js'
import { sealContent } from '../../../store/content.js'
import type { ToolEdit, ToolResult, ToolWork } from './transcript-source.js'

export type UnitType = 'SESSION' | 'PROMPT' | 'EDIT' | 'COMMAND' | 'TOOL' | 'TURN' | 'IMPORT'

/** The lines of the transcript that an ATOM keeps. */
export interface KeptLines {
  readonly content: ObjectId
  readonly from: number
  readonly to: number
}

export interface Unit {
  readonly type: UnitType
  /** What it is called in the source, whichever file it is in. */
  readonly key: string
  readonly operation: string
  readonly timeMs: number
  /** Whose UTC day the atom id has: known before the unit is at its end. */
  readonly dayMs: number
  readonly title: string
  readonly reason?: string
  readonly metadata: { readonly [key: string]: CborValue }
  readonly tokens?: Tokens
  readonly evidence: readonly UnitEvidence[]
}

export interface UnitEvidence extends Omit<Evidence, 'content'> {
  readonly text?: string
  readonly content?: ObjectId
}

/** The name of a unit in the whole world: 64 hex digits. */
export function unitKey(agent: string, type: UnitType, key: string): string {
  return sha256Hex(utf8(`${agent}\n${type}\n${key}`))
}

export function unitAtomId(agent: string, { type, key, dayMs }: Pick<Unit, 'type' | 'key' | 'dayMs'>): AtomId {
  return parseAtomId(`ATOM-${type}-${dayOf(clampTime(dayMs))}-${unitKey(agent, type, key).slice(0, 12)}`)
}

export function clampTime(timeMs: number): number {
  return Math.max(TIME_MIN_MS, Math.min(TIME_MAX_MS, timeMs))
}

const TITLE_MAX_CHARACTERS = 120

/** Returns the first line that says something, cut where it is long. */
export function titleOf(text: string, fallback: string): string {
  const line = text.split('\n').map((each) => each.trim()).find((each) => each !== '') ?? fallback
  const characters = [...line.slice(0, 4 * TITLE_MAX_CHARACTERS)]
  return characters.length <= TITLE_MAX_CHARACTERS ? characters.join('') : `${characters.slice(0, TITLE_MAX_CHARACTERS - 1).join('')}…`
}

const HALF_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Returns a text that can be recorded: half of a surrogate pair, which JSON can hold and UTF-8 cannot, becomes U+FFFD. */
export function recordable(text: string): string {
  return isWellFormed(text) ? text : text.replace(HALF_PAIR, '\ufffd')
}

export interface SealedUnit {
  readonly body: Body
  readonly contents: readonly SealedObject[]
}

/** Returns the body of a unit, and the contents of its evidence. */
export function unitBody(unit: Unit, about: { readonly agent: string; readonly session: string; readonly file: string; readonly lines: KeptLines | undefined }): SealedUnit {
  const contents: SealedObject[] = []
  const evidence = unit.evidence.map(({ text, ...rest }): Evidence => {
    if (text === undefined) return rest
    const content = sealContent(utf8(recordable(text)))
    contents.push(...content.objects)
    return { ...rest, content: content.id }
  })
  if (about.lines !== undefined) evidence.push({ name: 'transcript', phase: 'other', path: about.file, content: about.lines.content })
  const transcript = { key: unitKey(about.agent, unit.type, unit.key), session: about.session, ...(about.lines !== undefined && { lines: [about.lines.from, about.lines.to] }) }
  return {
    contents,
    body: {
      title: recordable(unit.title),
      ...(unit.reason !== undefined && unit.reason !== '' && { reason: recordable(unit.reason) }),
      metadata: { ...unit.metadata, transcript },
      ...(unit.tokens !== undefined && { tokens: unit.tokens }),
      ...(evidence.length > 0 && { evidence }),
    },
  }
}

/** One call of a tool, with its result where the transcript has one. */
export interface ToolCall {
  readonly key: string
  readonly tool: string
  readonly input: CborValue
  readonly work: ToolWork
  readonly timeMs: number
}

/** Returns the ATOM of a call that is more than a look; undefined for one that only looks. */
export function callUnit(call: ToolCall, result: ToolResult | undefined, timeMs: number): Unit | undefined {
  const about = { key: call.key, timeMs, dayMs: call.timeMs }
  const metadata = { tool: recordable(call.tool), ...(result === undefined ? { result: 'none' } : result.isError && { failed: true }) }
  switch (call.work.kind) {
    case 'quiet':
      return undefined
    case 'edit':
      return { ...about, type: 'EDIT', ...editParts(call, call.work, result), metadata: { ...metadata, paths: call.work.edits.map(({ path }) => recordable(path)) } }
    case 'command':
      return commandUnit(about, { call, command: call.work.command, result, metadata })
    case 'other':
      return { ...about, type: 'TOOL', operation: 'call_tool', title: titleOf(recordable(call.tool), 'tool'), metadata: { ...metadata, input: call.input }, evidence: outputEvidence(result, {}) }
  }
}

interface CommandParts {
  readonly call: ToolCall
  readonly command: readonly string[]
  readonly result: ToolResult | undefined
  readonly metadata: { readonly [key: string]: CborValue }
}

function commandUnit(about: Pick<Unit, 'key' | 'timeMs' | 'dayMs'>, { command, result, metadata }: CommandParts): Unit {
  const words = command.map(recordable)
  const exit = result?.exitCode === undefined ? {} : { exit_code: result.exitCode }
  return {
    ...about, type: 'COMMAND', operation: 'run', title: titleOf(words.join(' '), 'command'),
    metadata: { ...metadata, command: words, ...exit },
    evidence: outputEvidence(result ?? { isError: false }, { command: words, ...(result?.exitCode !== undefined && { exitCode: result.exitCode }), ...(result?.durationMs !== undefined && { durationMs: result.durationMs }) }),
  }
}

function outputEvidence(result: ToolResult | undefined, about: Partial<Evidence>): readonly UnitEvidence[] {
  if (result === undefined) return []
  const { output, stderr } = result
  const evidence: UnitEvidence[] = []
  if (output !== undefined || stderr === undefined || stderr === '') evidence.push({ name: stderr === undefined ? 'output' : 'stdout', phase: 'other', ...about, ...(output !== undefined && { text: output }) })
  if (stderr !== undefined && stderr !== '') evidence.push({ name: 'stderr', phase: 'other', ...about, text: stderr })
  return evidence
}

const EDIT_OPERATIONS = { create: 'create_file', modify: 'modify_file', delete: 'delete_file', write: 'write_file' } as const

function editParts(call: ToolCall, work: Extract<ToolWork, { readonly kind: 'edit' }>, result: ToolResult | undefined): Pick<Unit, 'operation' | 'title' | 'evidence'> {
  const edits = result?.edits ?? work.edits
  const patch = result?.patch ?? work.patch
  const hows = new Set(edits.map(({ how }) => how))
  const [how] = hows
  const paths = [...new Set(work.edits.map(({ path }) => path))]
  const shown = paths.length <= 3 ? paths.join(', ') : `${paths.slice(0, 2).join(', ')} and ${String(paths.length - 2)} more`
  return {
    operation: EDIT_OPERATIONS[hows.size === 1 && how !== undefined ? how : 'modify'],
    title: titleOf(recordable(`${call.tool} ${shown}`), 'edit'),
    evidence: [
      ...edits.flatMap(editEvidence),
      ...(patch === undefined ? [] : [{ name: 'patch', phase: 'other' as EvidencePhase, text: patch }]),
      ...(result?.isError === true && result.output !== undefined ? [{ name: 'output', phase: 'other' as EvidencePhase, text: result.output }] : []),
    ],
  }
}

function editEvidence({ path, before, after }: ToolEdit): readonly UnitEvidence[] {
  const shown = recordable(path)
  return [
    ...(before === undefined ? [] : [{ name: 'before', phase: 'before' as const, path: shown, text: before }]),
    ...(after === undefined ? [] : [{ name: 'after', phase: 'after' as const, path: shown, text: after }]),
  ]
}

