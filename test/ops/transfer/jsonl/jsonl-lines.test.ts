import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from '../../../../src/base/bytes.js'
import { numberedLines } from '../../../../src/ops/transfer/jsonl/jsonl-lines.js'

async function linesOf(chunks: readonly Uint8Array[]): Promise<unknown[]> {
  async function* source(): AsyncIterable<Uint8Array> {
    for (const chunk of chunks) yield await Promise.resolve(chunk)
  }
  const lines: unknown[] = []
  for await (const { number, text, problem } of numberedLines(source())) lines.push(problem === undefined ? [number, text] : [number, problem])
  return lines
}

test('numbers lines, wherever the chunks are cut', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '').trim())), fc.nat({ max: 9 }), async (texts, size) => {
    const bytes = utf8(texts.join('\n'))
    const chunks = Array.from({ length: Math.ceil(bytes.length / (size + 1)) }, (_, index) => bytes.subarray(index * (size + 1), (index + 1) * (size + 1)))
    expect(await linesOf(chunks)).toEqual(texts.map((text) => text.replace(/^\ufeff/, '').trim()).flatMap((text, index) => text === '' ? [] : [[index + 1, text]]))
  }))
})

test('a line that is not UTF-8 is told, and the next is read', async () => {
  expect(await linesOf([Uint8Array.of(255, 10), utf8('a')])).toEqual([[1, 'it is not UTF-8'], [2, 'a']])
})
