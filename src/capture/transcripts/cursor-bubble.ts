/** One message of Cursor's databases, a bubble → events. Its fields are optional: Cursor publishes no format. */
import type { ToolResult, TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getCount, getFields, getFieldsAt, getInteger, getList, getName, getText, getTimeMs, parseInside, recordedJson, type JsonFields } from './fields.js'
import { known, unknown, type ParsedLine } from './format.js'
import { workOf } from './tools.js'

export interface BubbleAbout {
  /** The session, and the bubble in it. */
  readonly key: string
  /** Of the session; a bubble may name another one. */
  readonly model: string | undefined
}

/** Returns what a bubble says. The older ones call their types by words. */
export function parseBubble(bubble: JsonFields, about: BubbleAbout): ParsedLine {
  const timeMs = getTimeMs(bubble['createdAt']) ?? getTimeMs(getFieldsAt(bubble, 'timingInfo')?.['clientEndTime'])
  switch (bubble['type']) {
    case 1:
    case 'user':
      return { ...known('bubble of the user', [{ is: 'prompt', key: about.key, text: textOf(bubble), by: 'user' }]), timeMs }
    case 2:
    case 'ai':
    case 'assistant':
      return { ...known('bubble of the agent', [...saidEvents(bubble), ...toolEvents(getFields(bubble['toolFormerData']), about.key), ...usageEvents(bubble, about)]), timeMs }
    default:
      return { ...unknown(`bubble of type ${JSON.stringify(bubble['type'] ?? null).slice(0, 40)}`), timeMs }
  }
}

function textOf(bubble: JsonFields): string {
  return getName(bubble, 'text', 'rawText', 'content') ?? ''
}

function saidEvents(bubble: JsonFields): readonly TranscriptEvent[] {
  const text = textOf(bubble)
  return text.trim() === '' ? [] : [{ is: 'text', text }]
}

/** Arguments and results are JSON in texts. Versions of a tool are counted in its name: `edit_file_v2`. */
function toolEvents(call: JsonFields | undefined, key: string): readonly TranscriptEvent[] {
  const tool = getName(call, 'name')
  if (call === undefined || tool === undefined) return []
  const id = `${key}\n${getName(call, 'toolCallId') ?? tool}`
  const input = parseInside(getName(call, 'rawArgs', 'params'))
  const result = resultOf(call)
  return [
    { is: 'call', call: id, key: id, tool, input: recordedJson(input), work: workOf(tool.replace(/_v\d+$/, ''), input) },
    ...(result === undefined ? [] : [{ is: 'result' as const, call: id, result }]),
  ]
}

const GOING_ON = new Set(['running', 'loading', 'pending', 'generating'])

function resultOf(call: JsonFields): ToolResult | undefined {
  const status = getName(call, 'status')
  const given = parseInside(call['result'])
  if (status === undefined ? given === undefined || given === null : GOING_ON.has(status)) return undefined
  const fields = getFields(given)
  const output = outputOf(given)
  const exitCode = getInteger(fields, 'exitCodeV2') ?? getInteger(fields, 'exitCode')
  const patch = patchOf(fields)
  return {
    isError: (status !== undefined && status !== 'completed') || fields?.['rejected'] === true || (exitCode !== undefined && exitCode !== 0),
    ...(output !== undefined && { output }), ...(exitCode !== undefined && { exitCode }), ...(patch !== '' && { patch }),
  }
}

/** Returns the output that a result holds, or the whole of it. */
function outputOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given
  const fields = getFields(given)
  return getText(fields, 'output', 'contents') ?? (fields === undefined ? undefined : JSON.stringify(fields))
}

function patchOf(result: JsonFields | undefined): string {
  return getList(getFieldsAt(result, 'diff')?.['chunks']).flatMap((chunk) => getText(getFields(chunk), 'diffString') ?? []).join('\n')
}

/** Many bubbles have two zeros there: Cursor counts on its servers. */
function usageEvents(bubble: JsonFields, { key, model: ofSession }: BubbleAbout): readonly TranscriptEvent[] {
  const tokens = getFields(bubble['tokenCount'])
  const [input, output] = [getCount(tokens, 'inputTokens'), getCount(tokens, 'outputTokens')]
  if (input + output === 0) return []
  const model = getName(getFields(bubble['modelInfo']), 'modelName') ?? ofSession
  return [{ is: 'usage', key, ...(model !== undefined && { model: recordedJson(model) as string }), tokens: { input, output, cacheRead: 0, cacheWrite: 0 } }]
}
