/** Gemini CLI: `~/.gemini/tmp/<project>/chats/session-*.jsonl`, and the older `.json`, which is one document with the same messages. */
import type { CborValue } from '../../codec/cbor.js'
import type { ToolResult, TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getCount, getFields, getList, getName, getText, getTimeMs, recordedJson, textsOf, type JsonFields } from './fields.js'
import { known, unknown, type FileAbout, type LineReader, type ParsedLine, type TranscriptFormat } from './format.js'
import { workOf } from './tools.js'

export const gemini: TranscriptFormat = {
  name: 'gemini',
  endings: ['.jsonl', '.json'],
  isOne: ({ stem }) => stem !== 'logs',
  createReader,
  cutDocument: ({ messages, ...head }) => [head, ...getList(messages)],
}

function createReader(about: FileAbout): LineReader {
  let session = about.stem
  // A message is written again when something is added to it.
  const seen = new Map<string, string>()
  return (line, number) => {
    const timeMs = getTimeMs(line['timestamp'] ?? line['startTime'])
    const type = getName(line, 'type')
    if (getName(line, 'sessionId') !== undefined && type === undefined) {
      session = getName(line, 'sessionId') ?? session
      return { ...known('session', [{ is: 'session', id: session, metadata: headOf(line) }]), timeMs }
    }
    if (type === undefined) return '$set' in line || '$rewindTo' in line ? known('$set') : { ...unknown('line without a type'), timeMs }
    const id = getName(line, 'id') ?? String(number)
    return { ...parse(line, { type, key: `${session}\n${id}`, seen }), timeMs }
  }
}

function headOf(line: JsonFields): { readonly [key: string]: CborValue } {
  const project = getName(line, 'projectHash')
  return project === undefined ? {} : { project_hash: recordedJson(project) }
}

interface MessageAbout { readonly type: string; readonly key: string; readonly seen: Map<string, string> }

function parse(line: JsonFields, { type, key, seen }: MessageAbout): ParsedLine {
  const text = textsOf(line['content']).join('\n')
  switch (type) {
    case 'user':
      return known(type, [{ is: 'prompt', key, text, by: 'user' }])
    case 'gemini': {
      const isRepeated = seen.get(key) === text
      seen.set(key, text)
      return known(type, [...(text === '' || isRepeated ? [] : [{ is: 'text' as const, text }]), ...getList(line['toolCalls']).flatMap((call) => callEvents(getFields(call), { key, seen })), ...usageEvents(line, key)])
    }
    case 'info':
    case 'error':
    case 'warning':
      return known(type)
    default:
      return unknown(type)
  }
}

function callEvents(call: JsonFields | undefined, { key, seen }: Pick<MessageAbout, 'key' | 'seen'>): readonly TranscriptEvent[] {
  const tool = getName(call, 'name')
  if (call === undefined || tool === undefined) return []
  const id = `${key}\n${getName(call, 'id') ?? tool}`
  const isNew = !seen.has(id)
  seen.set(id, '')
  const result = resultOf(call)
  return [
    ...(isNew ? [{ is: 'call' as const, call: id, key: id, tool, input: recordedJson(call['args']), work: workOf(tool, call['args']) }] : []),
    ...(result === undefined ? [] : [{ is: 'result' as const, call: id, result }]),
  ]
}

/** The status says whether it is over; a call without one is taken as it stands, when its turn ends. */
function resultOf(call: JsonFields): ToolResult | undefined {
  const status = getName(call, 'status')
  const response = getList(call['result']).map((part) => getFields(getFields(getFields(part)?.['functionResponse'])?.['response'])).find((found) => found !== undefined)
  if (status === undefined && response === undefined) return undefined
  if (status !== undefined && !['success', 'error', 'cancelled'].includes(status)) return undefined
  const output = getText(response, 'output', 'error') ?? getText(call, 'resultDisplay')
  const told = /^Exit Code: (-?\d{1,6})$/m.exec(output ?? '')?.[1]
  return { isError: status === 'error' || status === 'cancelled', ...(output !== undefined && { output }), ...(told !== undefined && { exitCode: Number(told) }) }
}

/** The input has what was read from the cache in it; thoughts and what tools used are output that is paid. */
function usageEvents(line: JsonFields, key: string): readonly TranscriptEvent[] {
  const tokens = getFields(line['tokens'])
  const model = getName(line, 'model')
  if (tokens === undefined) return []
  const cached = getCount(tokens, 'cached')
  return [{
    is: 'usage', key, ...(model !== undefined && { model: recordedJson(model) as string }),
    tokens: { input: Math.max(0, getCount(tokens, 'input') - cached) + getCount(tokens, 'tool'), output: getCount(tokens, 'output') + getCount(tokens, 'thoughts'), cacheRead: cached, cacheWrite: 0 },
  }]
}
