import { utf8 } from '../../src/base/bytes.js'
import type { FileAbout } from '../../src/capture/transcripts/format.js'
import { readValue, transcriptLines } from '../../src/capture/transcripts/lines.js'
import { getFormat } from '../../src/capture/transcripts/sources.js'
import { importTranscripts, type ImportTranscriptsResult } from '../../src/ops/transfer/transcripts/import-transcripts.js'
import type { TranscriptFile, TranscriptLine } from '../../src/ops/transfer/transcripts/transcript-source.js'
import type { MemoryRepo } from './memory-repo.js'

/** Bytes in pieces of an odd size, so that lines are cut anywhere. */
export async function* inPieces(bytes: Uint8Array, sizeBytes = 7_001): AsyncIterable<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += sizeBytes) yield bytes.subarray(offset, offset + sizeBytes)
}

export function aboutFile(stem: string, beside?: FileAbout['beside']): FileAbout {
  return { stem, folders: [], beside }
}

/** Returns the lines of a transcript as its parser reads them. */
export async function readLines(agent: string, text: string, about: FileAbout = aboutFile('s1')): Promise<readonly TranscriptLine[]> {
  const lines: TranscriptLine[] = []
  for await (const line of transcriptLines(inPieces(utf8(text)), getFormat(agent)!.createReader(about))) lines.push(line)
  return lines
}

/** Returns the lines of a transcript that is one document. */
export function readDocument(agent: string, document: Readonly<Record<string, unknown>>): readonly TranscriptLine[] {
  const format = getFormat(agent)!
  const readLine = format.createReader(aboutFile('s1'))
  return format.cutDocument!(document).map((value, place) => readValue(readLine, value, place + 1))
}

/** Returns lines of JSON, each with its end. */
export function jsonLines(...values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}

/** Imports files given by name and text. */
export async function importTexts(repo: MemoryRepo, agent: string, texts: Readonly<Record<string, string>>, branch?: string, turns: 'take open turns' | 'wait' = 'wait'): Promise<ImportTranscriptsResult> {
  const files = Object.entries(texts).map(([name, text]): TranscriptFile => ({
    shown: name, name, sessionId: name, lines: () => transcriptLines(inPieces(utf8(text)), getFormat(agent)!.createReader(aboutFile(name))),
  }))
  const operation = importTranscripts(() => Promise.resolve({ agent, files, refused: [] }))
  return await operation.run(repo, operation.check({ source: agent, paths: [], branch, open: turns === 'take open turns' })) as ImportTranscriptsResult
}

export interface ClaudeTurn {
  readonly session?: string
  readonly prompt: string
  /** Names prompt, responses and calls of the turn. */
  readonly name: string
  readonly minute: number
  readonly tools?: readonly { readonly tool: string; readonly input: unknown; readonly output?: string; readonly more?: unknown; readonly isError?: boolean }[]
  readonly answer?: string
  readonly output?: number
}

/** Returns the lines that Claude Code writes for a turn: each response as two lines that repeat its usage, the first with fewer tokens. */
export function claudeTurn({ session = 's1', prompt, name, minute, tools = [], answer = `done ${name}`, output = 100 }: ClaudeTurn): readonly object[] {
  let second = 0
  const envelope = (uuid: string): object => ({ uuid, sessionId: session, cwd: '/home/ann/game', version: '2.1.0', gitBranch: 'main', timestamp: `2026-03-01T10:${String(minute).padStart(2, '0')}:${String(second++).padStart(2, '0')}.000Z` })
  const usage = (tokens: number): object => ({ input_tokens: 10, output_tokens: tokens, cache_read_input_tokens: 1_000, cache_creation_input_tokens: 50, cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 } })
  const response = (id: string, content: unknown, tokens: number): object => ({ ...envelope(`${name}-${id}-${String(tokens)}`), type: 'assistant', requestId: `req_${name}_${id}`, message: { id: `msg_${name}_${id}`, role: 'assistant', model: 'claude-sonnet-4-5', content, usage: usage(tokens) } })
  return [
    { ...envelope(`${name}-prompt`), type: 'user', message: { role: 'user', content: prompt } },
    ...tools.flatMap(({ tool, input, output: printed = 'ok', more, isError }, place) => [
      response(`call${String(place)}`, [{ type: 'text', text: `I use ${tool}` }], 3),
      response(`call${String(place)}`, [{ type: 'tool_use', id: `toolu_${name}_${String(place)}`, name: tool, input }], output),
      { ...envelope(`${name}-result${String(place)}`), type: 'user', ...(more !== undefined && { toolUseResult: more }), message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: `toolu_${name}_${String(place)}`, content: printed, ...(isError === true && { is_error: true }) }] } },
    ]),
    response('answer', [{ type: 'thinking', thinking: 'hm' }], 5),
    response('answer', [{ type: 'text', text: answer }], output),
  ]
}
