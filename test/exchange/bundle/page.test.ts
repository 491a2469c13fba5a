import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../../src/base/bytes.js'
import { lineBytes, unwrapPage, wrapInPage } from '../../../src/exchange/bundle/page.js'

const TEMPLATE = '<!doctype html>\n<p>before</p>\n<!-- the trail -->\n<p>after</p>\n'

async function* oneByOne(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return concatBytes(parts)
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value)

describe('a bundle in a page', () => {
  it('comes out as it went in, however it was cut', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 60_000 }), { maxLength: 5 }), fc.integer({ min: 1, max: 5_000 }), async (chunks, size) => {
      const page = await joined(wrapInPage(TEMPLATE, oneByOne(chunks)))
      const cut = Array.from({ length: Math.ceil(page.length / size) }, (_, at) => page.subarray(at * size, (at + 1) * size))
      expect(text(page)).toMatch(/^<!doctype html>\n<p>before<\/p>\n<script type="application\/vnd\.ipld\.car" id="trail">\n[\s\S]*<\/script>\n<p>after<\/p>\n$/)
      if (page.length >= 15 && size >= 15) expect(await joined(unwrapPage(oneByOne(cut), 'page.html'))).toEqual(concatBytes(chunks))
    }), { numRuns: 40 })
  })

  it('is left alone where the file is no page', async () => {
    const car = bytesOf('no page at all')
    expect(await joined(unwrapPage(oneByOne([car.subarray(0, 3), car.subarray(3)]), 'trail.car'))).toEqual(car)
    expect(await joined(unwrapPage(oneByOne([]), 'trail.car'))).toEqual(new Uint8Array(0))
  })

  it('is refused where the page has none, is cut off, or a line of it is not as it was written', async () => {
    const page = text(await joined(wrapInPage(TEMPLATE, oneByOne([Uint8Array.of(1, 2, 3, 4)]))))
    const read = (changed: string): Promise<Uint8Array> => joined(unwrapPage(oneByOne([bytesOf(changed)]), 'page.html'))
    expect(await read(page)).toEqual(Uint8Array.of(1, 2, 3, 4))
    await expect(read('<!doctype html>\n<p>hello</p>\n')).rejects.toMatchObject({ code: 'BUNDLE_CORRUPT', message: expect.stringContaining('a web page without a trail') })
    await expect(read(page.slice(0, page.indexOf('</script>')))).rejects.toMatchObject({ message: expect.stringContaining('cut off') })
    // The last two bits of `BA==` are padding: other characters would mean the same byte.
    for (const line of ['AQIDBB==', 'AQIDBA=', 'AQIDBA== ', '', 'AQ*DBA==']) await expect(read(page.replace('AQIDBA==', line))).rejects.toMatchObject({ message: expect.stringContaining('is not base64 as it was written') })
  })

  it('takes no template without one place for the trail', async () => {
    await expect(joined(wrapInPage('<!doctype html>', oneByOne([])))).rejects.toThrow(TypeError)
    await expect(joined(wrapInPage(`${TEMPLATE}${TEMPLATE}`, oneByOne([])))).rejects.toThrow(TypeError)
  })

  it('reads a line in its only form', () => {
    expect(lineBytes('AQIDBA==')).toEqual(Uint8Array.of(1, 2, 3, 4))
    expect(lineBytes('AQIDBB==')).toBeUndefined()
    expect(lineBytes('')).toBeUndefined()
  })
})
