/** Amp: `T-<id>.json`, a thread as one document. */
import type { CborValue } from '../../codec/cbor.js'
import type { TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getCount, getFields, getList, getName, getTimeMs, recordedJson, textsOf, type JsonFields } from './fields.js'
import { known, unknown, type FileAbout, type LineReader, type TranscriptFormat } from './format.js'
import { resultParts, saidParts } from './parts.js'

export const amp: TranscriptFormat = { name: 'amp', endings: ['.json'], createReader, cutDocument: ({ messages, ...head }) => [head, ...getList(messages)] }

function createReader(about: FileAbout): LineReader {
  let session = about.stem
  return (line, number) => {
    const role = getName(line, 'role')
    if (role === undefined) {
      session = getName(line, 'id') ?? session
      const title = getName(line, 'title')
      const metadata: { readonly [key: string]: CborValue } = title === undefined ? {} : { title: recordedJson(title) }
      return number === 1 ? { ...known('thread', [{ is: 'session', id: session, metadata }]), timeMs: getTimeMs(line['created']) } : unknown('message without a role')
    }
    const timeMs = getTimeMs(getFields(line['meta'])?.['sentAt'] ?? getFields(line['usage'])?.['timestamp'])
    const key = `${session}\n${String(line['messageId'] ?? number)}`
    return { ...known(role, role === 'assistant' ? [...saidParts(line['content'], key), ...usageEvents(line, key)] : userEvents(line['content'], key)), timeMs }
  }
}

function userEvents(content: unknown, key: string): readonly TranscriptEvent[] {
  const results = resultParts(content)
  const text = textsOf(content).join('\n')
  return results.length > 0 ? results : text === '' ? [] : [{ is: 'prompt', key, text, by: 'user' }]
}

function usageEvents(line: JsonFields, key: string): readonly TranscriptEvent[] {
  const usage = getFields(line['usage'])
  const model = getName(usage, 'model')
  if (usage === undefined) return []
  return [{
    is: 'usage', key, ...(model !== undefined && { model: recordedJson(model) as string }),
    tokens: { input: getCount(usage, 'inputTokens'), output: getCount(usage, 'outputTokens'), cacheRead: getCount(usage, 'cacheReadInputTokens'), cacheWrite: getCount(usage, 'cacheCreationInputTokens') },
  }]
}
