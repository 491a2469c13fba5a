import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../src/base/bytes.js'
import { AtomError } from '../../src/base/errors.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode } from '../../src/codec/cbor.js'
import { cidOf, parseCid } from '../../src/codec/cid.js'
import { asDecoded } from '../helpers/cbor-values.js'
import { codeOf, isSameValue } from '../helpers/objects.js'
import { fromVectorJson, readVectors, type InvalidVector } from '../helpers/vectors.js'

describe('the CBOR vectors', () => {
  it.each(readVectors('cbor'))('are written and read: $comment', ({ value, bytesHex, id }) => {
    const given = fromVectorJson(value)
    expect(toHex(encode(given))).toBe(bytesHex)
    expect(isSameValue(decode(fromHex(bytesHex)), asDecoded(given))).toBe(true)
    expect(cidOf(fromHex(bytesHex), 'dag-cbor')).toBe(id)
  })
  it.each(readVectors<InvalidVector>('cbor-invalid'))('are refused: $comment', ({ bytesHex, code, reason }) => {
    expect(refusal(() => decode(fromHex(bytesHex)))).toEqual({ code, reason })
  })
})

interface CidVector { readonly comment: string; readonly text: string; readonly base32: string; readonly bytesHex: string; readonly codec: number; readonly hash: number; readonly digestHex: string; readonly mayBeLinked: boolean }

describe('the CID vectors', () => {
  it.each(readVectors<CidVector>('cid'))('are read and written: $comment', ({ text, base32, bytesHex, codec, hash, digestHex, mayBeLinked }) => {
    const cid = parseCid(text)
    expect([cid.toString(), toHex(cid.bytes), cid.codec, cid.hash, toHex(cid.digest), cid.isDasl]).toEqual([base32, bytesHex, codec, hash, digestHex, mayBeLinked])
    expect(codeOf(() => encode(cid))).toBe(mayBeLinked ? 'nothing' : 'OBJECT_INVALID')
  })
  it.each(readVectors<{ comment: string; text: string; code: string; reason: string }>('cid-invalid'))('are refused: $comment', ({ text, code, reason }) => {
    expect(refusal(() => parseCid(text))).toEqual({ code, reason })
  })
})

function refusal(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    if (error instanceof AtomError) return { code: error.code, reason: (error.data as { reason?: string }).reason }
    throw error
  }
  return 'accepted'
}
