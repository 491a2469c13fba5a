import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderSection } from '../../../../src/history/content/structured/document.js'
import { JSON_FORMAT } from '../../../../src/history/content/structured/json.js'

describe('JSON_FORMAT', () => {
  it('reads every object and keeps every byte', async () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue())
    await fc.assert(fc.asyncProperty(object, fc.constantFrom(0, 1, 4, '\t'), async (value, indent) => {
      const text = ` ${JSON.stringify(value, null, indent)}\r\n`
      const read = await JSON_FORMAT.read(text)
      expect(read === undefined ? undefined : renderSection(read.root, ',')).toBe(text)
    }))
  })

  it('compares numbers by their digits and strings by what they say', async () => {
    expect((await JSON_FORMAT.read('{"a": 1.0, "b": "\\u0061", "c": [1 , {"d": null}]}'))?.value).toEqual({ a: '1.0', b: '"a"', c: ['[1,{"d":null}]'] })
  })

  it('refuses a key twice at any depth, another root, comments, great depth', async () => {
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`
    for (const text of ['{"a":1,"a":1}', '{"a":[{"b":1,"\\u0062":1}]}', '[1]', '1', '', '{} // c', deep]) expect(await JSON_FORMAT.read(text)).toBeUndefined()
  })
})
