import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/codec/hash.js'
import { encodeRefs } from '../../src/object/refs.js'
import { seal } from '../../src/object/seal.js'
import { codeOf } from '../helpers/objects.js'

describe('seal', () => {
  it('names bytes by codec and digest', () => {
    const bytes = encodeRefs(new Map())
    expect(seal(bytes)).toEqual({ id: `71${sha256Hex(bytes)}`, bytes })
    expect(seal(bytes, 'raw').id).toBe(`55${sha256Hex(bytes)}`)
  })
  it('takes 1 MiB and refuses a byte more', () => {
    expect(seal(new Uint8Array(1_048_576), 'raw').bytes).toHaveLength(1_048_576)
    expect(codeOf(() => seal(new Uint8Array(1_048_577), 'raw'))).toBe('OBJECT_INVALID')
  })
})
