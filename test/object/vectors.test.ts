import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../src/base/bytes.js'
import { AtomError } from '../../src/base/errors.js'
import { encode } from '../../src/codec/cbor.js'
import { cidText } from '../../src/codec/object-id.js'
import { encodeAtom } from '../../src/object/atom.js'
import { encodeBody } from '../../src/object/body.js'
import { encodeFile } from '../../src/object/file.js'
import { encodeOp } from '../../src/object/op.js'
import { openAny, openAs, type ObjectKind, type ObjectKinds } from '../../src/object/open.js'
import { encodeReceipt } from '../../src/object/receipt.js'
import { encodeRefs } from '../../src/object/refs.js'
import { seal } from '../../src/object/seal.js'
import { encodeTag } from '../../src/object/tag.js'
import { encodeTree } from '../../src/object/tree.js'
import { fromVectorJson, readVectors, type InvalidVector } from '../helpers/vectors.js'

const ENCODERS: { readonly [Kind in ObjectKind]: (value: ObjectKinds[Kind]) => Uint8Array } = {
  atom: encodeAtom, body: encodeBody, tree: encodeTree, file: encodeFile, op: encodeOp, tag: encodeTag, receipt: encodeReceipt, refs: encodeRefs,
}

describe.each(Object.keys(ENCODERS) as ObjectKind[])('the vectors of %s', (kind) => {
  it.each(readVectors(kind))('are written, read, written again and named: $comment', ({ value, bytesHex, id }) => {
    const bytes = fromHex(bytesHex)
    expect(toHex(encode(fromVectorJson(value)))).toBe(bytesHex)
    expect(toHex((ENCODERS[kind] as (opened: unknown) => Uint8Array)(openAs(bytes, kind)))).toBe(bytesHex)
    expect(cidText(seal(bytes).id)).toBe(id)
    expect(openAny(bytes).kind).toBe(kind)
  })
  it.each(readVectors<InvalidVector>(`${kind}-invalid`))('are refused: $comment', ({ bytesHex, code, reason }) => {
    try {
      openAs(fromHex(bytesHex), kind)
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof AtomError)) throw error
      expect({ code: error.code, reason: (error.data as { reason?: string }).reason ?? 'version' }).toEqual({ code, reason })
    }
  })
})

it('the worked example of docs/spec/object.md is the first of the vectors', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/spec/object.md'), 'utf8')
  for (const { bytesHex, id } of [...readVectors('tree').slice(0, 2), ...readVectors('body').slice(0, 1), ...readVectors('atom').slice(0, 1)]) {
    expect(page).toContain(`| \`${id}\` | \`${bytesHex}\` |`)
  }
})
