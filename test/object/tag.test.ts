import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/base/bytes.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode } from '../../src/codec/cbor.js'
import { cidFromId } from '../../src/codec/object-id.js'
import { openAs } from '../../src/object/open.js'
import type { Fields } from '../../src/object/shape.js'
import { encodeTag, type Tag } from '../../src/object/tag.js'
import { anId, codeOf } from '../helpers/objects.js'
import { shapeSuite } from '../helpers/shape-suite.js'

const aTag = (changed: Partial<Tag> = {}): Tag => ({ name: 'v1', target: anId('a'), agent: 'user:ann', timeMs: 1_732_703_253_000, message: '', ...changed })

describe('tag', () => {
  shapeSuite('tag', decode(encodeTag(aTag())) as Fields, { needed: { name: 'name', target: 'dag-cbor link', agent: 'name', time: 'time', message: 'text' } })

  it.each([{}, { message: 'The first one\n\nfor all' }, { timeMs: -5_000_000_000 }])('is written as encode writes its map, and comes back: %j', (changed) => {
    const tag = aTag(changed)
    expect(toHex(encodeTag(tag))).toBe(toHex(encode({ version: 1, kind: 'tag', name: tag.name, target: cidFromId(tag.target), agent: tag.agent, time: tag.timeMs, message: tag.message })))
    expect(openAs(encodeTag(tag), 'tag')).toEqual(tag)
  })
  it.each<Partial<Tag>>([{ name: '' }, { agent: '' }, { timeMs: Number.NaN }, { target: anId('a', 'raw') }, { message: '\uD800' }])('is not written as nobody could read it: %j', (changed) => {
    expect(codeOf(() => encodeTag(aTag(changed)))).toBe('OBJECT_INVALID')
  })
})
