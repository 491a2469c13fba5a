/** Contents made of parts `text`, `tool_use` and `tool_result`, as several agents write them. */
import type { TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields, getList, getName, getText, parseInside, recordedJson, textsOf, type JsonFields } from './fields.js'
import { workOf } from './tools.js'

/** Returns what an agent said and called. `key` names the message. */
export function saidParts(content: unknown, key: string): readonly TranscriptEvent[] {
  if (typeof content === 'string') return content === '' ? [] : [{ is: 'text', text: content }]
  return getList(content).flatMap((part, place) => {
    const fields = getFields(part)
    const type = getName(fields, 'type')
    if (type === 'tool_use' || type === 'toolCall') return callEvents(fields, `${key}\n${String(place)}`)
    const text = getText(fields, 'text')
    return type !== 'text' || text === undefined || text.trim() === '' ? [] : [{ is: 'text' as const, text }]
  })
}

/** Returns the call that an object with a name and arguments stands for. */
export function callEvents(call: JsonFields | undefined, key: string): readonly TranscriptEvent[] {
  const tool = getName(call, 'name')
  if (call === undefined || tool === undefined) return []
  const id = getName(call, 'id', 'toolCallId') ?? `${key}\n${tool}`
  const input = parseInside(call['input'] ?? call['arguments'])
  return [{ is: 'call', call: id, key: `${key}\n${id}`, tool, input: recordedJson(input), work: workOf(tool, input) }]
}

/** Returns the results in a user's message. */
export function resultParts(content: unknown): readonly TranscriptEvent[] {
  return getList(content).flatMap((part): readonly TranscriptEvent[] => {
    const fields = getFields(part)
    const call = getName(fields, 'tool_use_id', 'toolUseID')
    if (fields?.['type'] !== 'tool_result' || call === undefined) return []
    const run = getFields(fields['run'])
    const result = run?.['result'] ?? fields['content']
    const output = typeof result === 'string' ? result : textsOf(result).join('\n') || getText(getFields(result), 'output', 'content', 'diff')
    const exitCode = getFields(result)?.['exitCode']
    return [{
      is: 'result', call,
      result: {
        isError: fields['is_error'] === true || (run !== undefined && run['status'] !== 'done'), ...(output !== undefined && { output }), ...(Number.isSafeInteger(exitCode) && { exitCode: exitCode as number }),
        ...(typeof getFields(result)?.['diff'] === 'string' && { patch: getFields(result)?.['diff'] as string }),
      },
    }]
  })
}
