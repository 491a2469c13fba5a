/** Pi: `<session>.jsonl`, a tree of entries of which `message` has roles `user`, `assistant` and `toolResult`. */
import type { TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getCount, getFields, getName, getTimeMs, recordedJson, textsOf, type JsonFields } from './fields.js'
import { known, unknown, type FileAbout, type LineReader, type TranscriptFormat } from './format.js'
import { saidParts } from './parts.js'

export const pi: TranscriptFormat = { name: 'pi', endings: ['.jsonl'], createReader }

const SILENT = new Set(['model_change', 'thinking_level_change', 'custom', 'custom_message', 'branchSummary', 'branch_summary', 'compaction', 'compactionSummary', 'label', 'session_info'])

function createReader(about: FileAbout): LineReader {
  let session = about.stem
  return (line, number) => {
    const type = getName(line, 'type') ?? 'line without a type'
    const timeMs = getTimeMs(line['timestamp'])
    if (type === 'session') {
      session = getName(line, 'id') ?? session
      return { ...known(type, [{ is: 'session', id: session, metadata: getName(line, 'cwd') === undefined ? {} : { cwd: recordedJson(line['cwd']) } }]), timeMs }
    }
    const message = getFields(line['message'])
    if (type !== 'message' || message === undefined) return { ...(SILENT.has(type) ? known(type) : unknown(type)), timeMs }
    return { ...known(`message ${getName(message, 'role') ?? ''}`, messageEvents(message, `${session}\n${getName(line, 'id') ?? String(number)}`)), timeMs }
  }
}

function messageEvents(message: JsonFields, key: string): readonly TranscriptEvent[] {
  const text = textsOf(message['content']).join('\n')
  switch (getName(message, 'role')) {
    case 'user':
      return [{ is: 'prompt', key, text, by: 'user' }]
    case 'assistant':
      return [...saidParts(message['content'], key), ...usageEvents(message, key)]
    case 'toolResult': {
      const call = getName(message, 'toolCallId')
      return call === undefined ? [] : [{ is: 'result', call, result: { output: text, isError: message['isError'] === true } }]
    }
    default:
      return []
  }
}

function usageEvents(message: JsonFields, key: string): readonly TranscriptEvent[] {
  const usage = getFields(message['usage'])
  const model = getName(message, 'model')
  if (usage === undefined) return []
  return [{
    is: 'usage', key, ...(model !== undefined && { model: recordedJson(model) as string }),
    tokens: { input: getCount(usage, 'input'), output: getCount(usage, 'output'), cacheRead: getCount(usage, 'cacheRead'), cacheWrite: getCount(usage, 'cacheWrite') },
  }]
}
