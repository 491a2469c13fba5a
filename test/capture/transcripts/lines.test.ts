import { describe, expect, it } from 'vitest'
import { concatBytes, utf8 } from '../../../src/base/bytes.js'
import { known } from '../../../src/capture/transcripts/format.js'
import { LINE_MAX_BYTES, transcriptLines } from '../../../src/capture/transcripts/lines.js'
import type { TranscriptLine } from '../../../src/ops/transfer/transcripts/transcript-source.js'
import { inPieces } from '../../helpers/transcripts.js'

async function linesOf(bytes: Uint8Array, pieceBytes = 3): Promise<readonly TranscriptLine[]> {
  const lines: TranscriptLine[] = []
  for await (const line of transcriptLines(inPieces(bytes, pieceBytes), (value) => known(JSON.stringify(value)))) lines.push(line)
  return lines
}

describe('lines of a transcript', () => {
  it('keep all their bytes, ends included', async () => {
    const bytes = utf8('\ufeff{"a":1}\r\n\n{"ü":"😀"}\n{"b":2}')
    const lines = await linesOf(bytes)
    expect(concatBytes(lines.map((line) => line.bytes ?? new Uint8Array()))).toEqual(bytes)
    expect(lines.map(({ number, type, standing }) => [number, type, standing])).toEqual([[1, '{"a":1}', 'known'], [2, '', 'known'], [3, '{"ü":"😀"}', 'known'], [4, '{"b":2}', 'known']])
  })

  it('are broken, or torn where the file ends', async () => {
    const bytes = concatBytes([utf8('{"a"\n'), Uint8Array.of(0xff, 10), utf8('{"b":')])
    expect((await linesOf(bytes)).map(({ standing, problem }) => problem ?? standing)).toEqual(['it is not JSON', 'it is not UTF-8', 'torn'])
    expect(await linesOf(new Uint8Array())).toEqual([])
    expect((await linesOf(utf8(`${'['.repeat(1_000_000)}\n`), 65_536))[0]).toMatchObject({ standing: 'broken' })
  })

  it('come in parts where they are too long, without being read', async () => {
    const long = new Uint8Array(LINE_MAX_BYTES + 3_000_000).fill(0x61)
    const bytes = concatBytes([utf8('{"a":1}\n'), long, utf8('\n{"b":2}\n')])
    const lines = await linesOf(bytes, 1_048_576)
    expect(lines.map(({ number, isOpen = false, standing }) => [number, isOpen, standing])).toEqual([[1, false, 'known'], [2, true, 'broken'], [2, false, 'broken'], [3, false, 'known']])
    expect(lines.reduce((sum, line) => sum + (line.bytes?.length ?? 0), 0)).toBe(bytes.length)
    expect((await linesOf(long, 1_048_576)).map(({ standing, isOpen = false }) => [standing, isOpen])).toEqual([['broken', true], ['torn', false]])
  })
})
