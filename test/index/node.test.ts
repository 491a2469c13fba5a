import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/base/bytes.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../../src/base/limits.js'
import { encodeNode, getBlockNodes, NODES_PER_BLOCK, type IndexNode, type NodeFields } from '../../src/index/node.js'
import { aDigest } from '../helpers/objects.js'

const aNode = (changed: Partial<NodeFields> = {}): NodeFields => ({
  digest: aDigest('node'), parents: [], generation: 1, orderMs: 1_732_703_253_000, timeMs: 1_732_703_253_000, run: 0, atomId: 'ATOM-CFG-20241127-003', operation: 'modify_file', agent: 'claude-code', ...changed,
})

function fieldsOf(node: IndexNode): NodeFields {
  const { digest, parents, generation, orderMs, timeMs, run, atomId, operation, agent } = node
  return { digest, parents, generation, orderMs, timeMs, run, atomId, operation, agent }
}

describe('an index node', () => {
  it('comes back as it was written', () => {
    const time = fc.integer({ min: TIME_MIN_MS, max: TIME_MAX_MS })
    const seq = fc.integer({ min: 1, max: 0xffffffff })
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
    fc.assert(fc.property(seq, time, fc.integer({ min: 0, max: 1_000 }), fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 5 }), text, text, (number, timeMs, late, shares, operation, agent) => {
      const node = aNode({ parents: shares.map((share) => Math.floor(share * number)), timeMs, orderMs: timeMs + late, generation: late + 1, run: late, operation, agent })
      const [read, ...more] = getBlockNodes(encodeNode(node, number), number) ?? []
      expect(more).toEqual([])
      expect(fieldsOf(read as IndexNode)).toEqual(node)
      expect(read?.id).toBe(`71${node.digest}`)
    }))
  })

  it('is so many bytes: the layout of a store', () => {
    expect(Buffer.from(encodeNode(aNode({ parents: [299, 1], generation: 300, run: 7 }), 300)).toString('hex')).toMatchInlineSnapshot(`"5d545ea538461003efdc8c81c244531b003f6f26cfccf6c0073b3239fdedf4944688a4b7e1ddc30e00ac02070201ab021541544f4d2d4346472d32303234313132372d3030330b6d6f646966795f66696c650b636c617564652d636f6465"`)
  })

  it('lies with fifteen others in a block', () => {
    const nodes = Array.from({ length: NODES_PER_BLOCK }, (_, at) => aNode({ digest: aDigest(String(at)), parents: at === 0 ? [] : [32 + at - 1] }))
    const block = concatBytes(nodes.map((node, at) => encodeNode(node, 32 + at)))
    expect(getBlockNodes(block, 32)?.map(fieldsOf)).toEqual(nodes)
    expect(getBlockNodes(concatBytes([block, encodeNode(aNode(), 48)]), 32)).toBeUndefined()
    expect(getBlockNodes(new Uint8Array(0), 32)).toEqual([])
  })

  it('is refused, or read in bounded time and room, when any byte of it is flipped or cut off', () => {
    const block = concatBytes([encodeNode(aNode(), 0), encodeNode(aNode({ parents: [0] }), 1)])
    for (let at = 0; at < block.length; at++) {
      expect(getBlockNodes(block.subarray(0, at), 0)?.length ?? 0).toBeLessThan(2)
      for (let bit = 0; bit < 8; bit++) {
        const flipped = block.slice()
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
        for (const [seq, node] of (getBlockNodes(flipped, 0) ?? []).entries()) {
          expect(node.parents.every((parent) => parent >= 0 && parent < seq)).toBe(true)
          expect(node.atomId.length + node.operation.length + node.agent.length).toBeLessThan(200)
        }
      }
    }
  })

  it('claims no more parents and no longer texts than it has bytes', () => {
    const digest = new Uint8Array(32)
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]
    const parents = Uint8Array.from([...digest, 0, 0, 1, 0, ...huge, 1, 1, 1, 1, 1])
    const texts = Uint8Array.from([...digest, 0, 0, 1, 0, 0, ...huge, 65, 66])
    expect(getBlockNodes(concatBytes([Uint8Array.of(parents.length), parents]), 1_000)?.[0]?.parents.length ?? 0).toBeLessThan(10)
    expect(getBlockNodes(concatBytes([Uint8Array.of(texts.length), texts]), 0)?.[0]?.atomId).toBe('AB')
  })
})
