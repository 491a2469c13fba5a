import fc from 'fast-check'
import { expect, it } from 'vitest'
import { byteLines, type ByteLine } from '../../src/base/byte-lines.js'

async function linesOf(text: string, { cut = 7, maxBytes = 100 } = {}): Promise<readonly ByteLine[]> {
  const bytes = new TextEncoder().encode(text)
  const chunks = (async function* () { for (let at = 0; at < bytes.length; at += cut) yield bytes.slice(at, at + cut) })()
  const lines: ByteLine[] = []
  for await (const line of byteLines(chunks, maxBytes)) lines.push(line)
  return lines
}

const textOf = ({ bytes, standing }: ByteLine): string => `${standing === 'whole' ? '' : `${standing}: `}${new TextDecoder().decode(bytes)}`

it('gives the same lines however the bytes are cut, empty ones and one without an end too', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\r', ' '), maxLength: 20 }), { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), async (texts, cut) => {
    const text = texts.join('\n')
    const expected = text.split('\n')
    if (expected.at(-1) === '') expected.pop()
    const lines = await linesOf(text, { cut })
    expect(lines.map(textOf)).toEqual(expected)
    expect(lines.map(({ number }) => number)).toEqual(expected.map((_, at) => at + 1))
  }))
})

it('gives a line that is too long in parts, and goes on with the next one', async () => {
  const lines = await linesOf(`${'x'.repeat(25)}\nshort\n${'y'.repeat(10)}`, { maxBytes: 10 })
  expect(lines.map((line) => [line.number, textOf(line), line.sizeBytes, line.isEnded])).toEqual([
    [1, `open: ${'x'.repeat(14)}`, 14, false], [1, `end: ${'x'.repeat(11)}`, 25, true], [2, 'short', 5, true], [3, 'y'.repeat(10), 10, false],
  ])
  expect((await linesOf('x'.repeat(21), { maxBytes: 10 })).map((line) => [textOf(line), line.sizeBytes])).toEqual([[`open: ${'x'.repeat(14)}`, 14], ['end: ' + 'x'.repeat(7), 21]])
  expect((await linesOf(`${'x'.repeat(14)}\n`, { maxBytes: 10 })).map((line) => [line.number, textOf(line), line.isEnded])).toEqual([[1, `open: ${'x'.repeat(14)}`, false], [1, 'end: ', true]])
})

it('gives nothing of nothing', async () => {
  expect(await linesOf('')).toEqual([])
})
