/** GitHub Copilot: the event streams of its CLI and of VS Code, lines `{type, data, id, timestamp}`. The chat sessions of VS Code are patches of a state, and are not read. */
import type { TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields, getFieldsAt, getInteger, getList, getName, getText, getTimeMs, recordedJson, type JsonFields } from './fields.js'
import { known, unknown, type FileAbout, type LineReader, type TranscriptFormat } from './format.js'
import { callEvents } from './parts.js'

export const copilot: TranscriptFormat = { name: 'copilot', endings: ['.jsonl'], sessionOf: ({ stem, folders }) => stem === 'events' ? folders.at(-1) ?? stem : stem, createReader }

/** Told by their first word: how a session, a turn or a tool goes on. */
const SILENT = /^(?:session|assistant|tool|subagent|hook|system|abort|skill|model|context|user)(?:\.|$)/

function createReader(about: FileAbout): LineReader {
  let session = about.stem
  return (line, number) => {
    const type = getName(line, 'type') ?? 'line without a type'
    const data = getFields(line['data'])
    const timeMs = getTimeMs(line['timestamp'])
    if (data === undefined) return { ...unknown(type), timeMs }
    if (type === 'session.start') session = getName(data, 'sessionId') ?? session
    const events = eventsOf(type, data, { session, key: getName(line, 'id') ?? `${session}\n${String(number)}` })
    return { ...(events === undefined ? SILENT.test(type) ? known(type) : unknown(type) : known(type, events)), timeMs }
  }
}

function eventsOf(type: string, data: JsonFields, { session, key }: { readonly session: string; readonly key: string }): readonly TranscriptEvent[] | undefined {
  switch (type) {
    case 'session.start': {
      const [cwd, branch] = [getName(getFieldsAt(data, 'context'), 'cwd'), getName(getFieldsAt(data, 'context'), 'branch')]
      return [{ is: 'session', id: session, metadata: { ...(cwd !== undefined && { cwd: recordedJson(cwd) }), ...(branch !== undefined && { git_branch: recordedJson(branch) }) } }]
    }
    case 'user.message':
      return [{ is: 'prompt', key, text: getText(data, 'content') ?? '', by: 'user' }]
    case 'assistant.message': {
      const text = getText(data, 'content') ?? ''
      return [...(text === '' ? [] : [{ is: 'text' as const, text }]), ...getList(data['toolRequests']).flatMap((request) => callEvents(getFields(request), key))]
    }
    case 'tool.execution_complete':
      return resultEvents(data)
    default:
      return undefined
  }
}

function resultEvents(data: JsonFields): readonly TranscriptEvent[] {
  const call = getName(data, 'toolCallId')
  const result = getFields(data['result'])
  const output = getText(result, 'text_result_for_llm', 'textResultForLlm', 'content', 'detailedContent')
  const kind = getName(result, 'result_type', 'resultType')
  const exitCode = getInteger(result, 'exitCode')
  if (call === undefined) return []
  return [{ is: 'result', call, result: { isError: data['success'] === false || (kind !== undefined && kind !== 'success'), ...(output !== undefined && { output }), ...(exitCode !== undefined && { exitCode }) } }]
}
