/** Codex CLI: `~/.codex/sessions/YYYY/MM/DD/rollout-<time>-<uuid>.jsonl`, lines `{timestamp, type, payload}`. */
import type { CborValue } from '../../codec/cbor.js'
import type { ToolResult, TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getCount, getFields, getFieldsAt, getInteger, getList, getName, getText, getTimeMs, parseInside, recordedJson, textsOf, type JsonFields } from './fields.js'
import { known, unknown, type FileAbout, type LineReader, type ParsedLine, type TranscriptFormat } from './format.js'
import { workOf } from './tools.js'

const SILENT_LINES = new Set(['compacted', 'ghost_snapshot', 'turn_context', 'world_state'])
const SILENT_ITEMS = new Set(['reasoning', 'web_search_call', 'ghost_snapshot', 'compaction', 'compaction_summary', 'image_generation_call', 'tool_search_call', 'tool_search_output'])

/** What Codex itself puts where a user's text stands. */
const NOT_TYPED = /^\s*(?:<(?:environment_context|user_instructions|turn_aborted|permissions instructions|collaboration_mode|skills_instructions|skill|subagent_notification|user_shell_command|INSTRUCTIONS|apps_instructions|plugins_instructions)\b|# AGENTS\.md instructions for )/

export const codex: TranscriptFormat = {
  name: 'codex',
  endings: ['.jsonl'],
  isOne: ({ stem }) => stem !== 'history' && stem !== 'session_index',
  sessionOf: ({ stem }) => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(stem)?.[0] ?? stem,
  createReader,
}

interface Totals { readonly input: number; readonly cached: number; readonly output: number }

interface State {
  readonly about: FileAbout
  /** The session whose responses these are: in a fork, the one that it was forked from. */
  root: string
  isNamed: boolean
  model: string | undefined
  totals: Totals
  /** The last user's text, which may come as an item and as an event. */
  prompted: string | undefined
  /** A fork repeats the prompts that it came from in their order, on other lines. */
  prompts: number
}

function createReader(about: FileAbout): LineReader {
  const state: State = { about, root: about.stem, isNamed: false, model: undefined, totals: { input: 0, cached: 0, output: 0 }, prompted: undefined, prompts: 0 }
  return (line, number) => {
    const type = getName(line, 'type')
    const payload = getFields(line['payload'])
    const timeMs = getTimeMs(line['timestamp'])
    if (type === undefined || payload === undefined) return { ...unknown(type === undefined ? 'line without a type' : `${type} without a payload`), timeMs }
    return { ...parse(state, payload, { type, number }), timeMs }
  }
}

interface LineAbout { readonly type: string; readonly number: number }

function parse(state: State, payload: JsonFields, { type, number }: LineAbout): ParsedLine {
  switch (type) {
    case 'session_meta':
      return known(type, sessionEvents(state, payload))
    case 'turn_context':
      state.model = getName(payload, 'model') ?? state.model
      return known(type)
    case 'response_item':
      return itemLine(state, payload, number)
    case 'event_msg':
      return eventLine(state, payload)
    default:
      return SILENT_LINES.has(type) ? known(type) : unknown(type)
  }
}

function sessionEvents(state: State, payload: JsonFields): readonly TranscriptEvent[] {
  const id = getName(payload, 'id')
  // A fork repeats the head of the session that it came from.
  if (id === undefined || state.isNamed) return []
  state.isNamed = true
  const forkedFrom = getName(payload, 'forked_from_id')
  state.root = forkedFrom ?? id
  const metadata: { [key: string]: CborValue } = {}
  for (const [key, name] of [['cwd', 'cwd'], ['version', 'cli_version'], ['originator', 'originator'], ['provider', 'model_provider'], ['forked_from', 'forked_from_id'], ['thread_source', 'thread_source']] as const) {
    const value = getName(payload, name)
    if (value !== undefined) metadata[key] = recordedJson(value)
  }
  const branch = getName(getFieldsAt(payload, 'git'), 'branch')
  if (branch !== undefined) metadata['git_branch'] = recordedJson(branch)
  return [{ is: 'session', id, metadata }]
}

function itemLine(state: State, payload: JsonFields, number: number): ParsedLine {
  const type = getName(payload, 'type') ?? 'item without a type'
  switch (type) {
    case 'message':
      return known(`response_item ${type}`, messageEvents(state, payload))
    case 'function_call':
    case 'custom_tool_call':
    case 'local_shell_call':
      return known(`response_item ${type}`, callEvents(state, payload, number))
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'local_shell_call_output':
      return known(`response_item ${type}`, resultEvents(payload))
    default:
      return SILENT_ITEMS.has(type) ? known(`response_item ${type}`) : unknown(`response_item ${type}`)
  }
}

function messageEvents(state: State, payload: JsonFields): readonly TranscriptEvent[] {
  const text = textsOf(payload['content']).join('\n')
  const role = getName(payload, 'role')
  if (role === 'assistant') return text === '' ? [] : [{ is: 'text', text }]
  return role === 'user' ? promptEvents(state, text) : []
}

function promptEvents(state: State, text: string): readonly TranscriptEvent[] {
  if (text === '' || NOT_TYPED.test(text) || state.prompted === text) return []
  state.prompted = text
  return [{ is: 'prompt', key: `${state.root}\n${String(++state.prompts)}\n${text}`, text, by: 'user' }]
}

function callEvents(state: State, payload: JsonFields, number: number): readonly TranscriptEvent[] {
  state.prompted = undefined
  const tool = getName(payload, 'name') ?? getName(payload, 'type') ?? 'tool'
  const call = getName(payload, 'call_id', 'id') ?? `${tool} ${String(number)}`
  const input = parseInside(payload['arguments'] ?? payload['input'] ?? payload['action'])
  return [{ is: 'call', call, key: `${state.root}\n${call}`, tool, input: recordedJson(input), work: shellPatch(input) ?? workOf(tool, input) }]
}

/** A patch may come as a command: `["apply_patch", "*** Begin Patch…"]`. */
function shellPatch(input: unknown): ReturnType<typeof workOf> | undefined {
  const [first, patch] = getList(getFields(input)?.['command'])
  return first === 'apply_patch' && typeof patch === 'string' ? workOf('apply_patch', patch) : undefined
}

function resultEvents(payload: JsonFields): readonly TranscriptEvent[] {
  const call = getName(payload, 'call_id', 'id')
  return call === undefined ? [] : [{ is: 'result', call, result: resultOf(payload['output']) }]
}

/** The output is a text, or JSON of `{output, metadata: {exit_code, duration_seconds}}` in one. */
function resultOf(given: unknown): ToolResult {
  const fields = getFields(parseInside(given))
  const output = getText(fields, 'output', 'content') ?? (typeof given === 'string' ? given : textsOf(given).join('\n'))
  const metadata = getFieldsAt(fields, 'metadata')
  const told = /^(?:Chunk ID: .*\n)?(?:Wall time: .*\n)?(?:Exit code:|Process exited with code) (-?\d{1,6})/m.exec(output.slice(0, 400))?.[1]
  const exitCode = getInteger(metadata, 'exit_code') ?? (told === undefined ? undefined : Number(told))
  const seconds = metadata?.['duration_seconds']
  return {
    output, isError: fields?.['success'] === false || (exitCode !== undefined && exitCode !== 0),
    ...(exitCode !== undefined && { exitCode }), ...(typeof seconds === 'number' && seconds >= 0 && { durationMs: Math.round(seconds * 1_000) }),
  }
}

function eventLine(state: State, payload: JsonFields): ParsedLine {
  const type = getName(payload, 'type') ?? 'event without a type'
  const label = `event_msg ${type}`
  if (type === 'user_message') return known(label, promptEvents(state, getText(payload, 'message') ?? ''))
  if (type === 'token_count') return known(label, usageEvents(state, payload))
  if (type === 'task_complete' || type === 'turn_aborted') return known(label, [{ is: 'end' }])
  // The others repeat what items say, or tell how things go on.
  return known(label)
}

/** Totals grow over the session: what one response cost is the difference. The totals name it, so that a fork that repeats it counts nothing. */
function usageEvents(state: State, payload: JsonFields): readonly TranscriptEvent[] {
  const total = getFieldsAt(payload, 'info', 'total_token_usage')
  if (total === undefined) return []
  const now: Totals = { input: getCount(total, 'input_tokens'), cached: getCount(total, 'cached_input_tokens'), output: getCount(total, 'output_tokens') }
  const before = now.input < state.totals.input || now.output < state.totals.output ? { input: 0, cached: 0, output: 0 } : state.totals
  if (now.input === before.input && now.output === before.output) return []
  state.totals = now
  const cacheRead = Math.max(0, now.cached - before.cached)
  const model = state.model === undefined ? {} : { model: recordedJson(state.model) as string }
  return [{
    is: 'usage', key: `${state.root} ${String(now.input)} ${String(now.cached)} ${String(now.output)}`, ...model,
    tokens: { input: Math.max(0, now.input - before.input - cacheRead), output: now.output - before.output, cacheRead, cacheWrite: 0 },
  }]
}
