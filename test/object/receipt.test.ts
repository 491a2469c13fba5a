import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/base/bytes.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode } from '../../src/codec/cbor.js'
import { idBytes } from '../../src/codec/object-id.js'
import { openAs } from '../../src/object/open.js'
import { encodeReceipt, isReasonCode, type Receipt } from '../../src/object/receipt.js'
import type { Fields } from '../../src/object/shape.js'
import { aCid, anId, codeOf, withKey } from '../helpers/objects.js'
import { shapeSuite } from '../helpers/shape-suite.js'

const aReceipt = (changed: Partial<Receipt> = {}): Receipt => ({ object: anId('gone'), role: 'body', timeMs: 1_732_703_253_000, reason: 'gdpr-17', ...changed })

describe('receipt', () => {
  const sample = decode(encodeReceipt(aReceipt())) as Fields
  shapeSuite('receipt', sample, { needed: { object: 'own check', role: 'own check', time: 'time', reason: 'code' } })

  it.each<Partial<Receipt>>([{}, { role: 'content' }, { role: 'content', object: anId('gone', 'raw') }])('is written as encode writes its map, and comes back: %j', (changed) => {
    const receipt = aReceipt(changed)
    expect(toHex(encodeReceipt(receipt))).toBe(toHex(encode({ kind: 'receipt', version: 1, object: idBytes(receipt.object), role: receipt.role, time: receipt.timeMs, reason: receipt.reason })))
    expect(openAs(encodeReceipt(receipt), 'receipt')).toEqual(receipt)
  })
  it('names what is gone by 33 bytes, codec and digest, not by a link that would have to be there', () => {
    for (const object of [aCid('a'), new Uint8Array(32), new Uint8Array(33), Uint8Array.from([0x70, ...new Uint8Array(32)]), Uint8Array.from([0x55, ...new Uint8Array(32)])]) {
      expect(codeOf(() => openAs(withKey(sample, 'object', object), 'receipt'))).toBe('OBJECT_INVALID')
    }
  })
  it('has a role of body or content, and a reason that is a code', () => {
    for (const role of ['tree', 'Body', '']) expect(codeOf(() => openAs(withKey(sample, 'role', role), 'receipt'))).toBe('OBJECT_INVALID')
    for (const reason of ['a', 'gdpr-17', '0', 'a'.repeat(64)]) expect(isReasonCode(reason)).toBe(true)
    for (const reason of ['', '-a', 'A', 'a b', 'a.', 'é', 'a'.repeat(65), 'a\n']) {
      expect(isReasonCode(reason)).toBe(false)
      expect(codeOf(() => openAs(withKey(sample, 'reason', reason), 'receipt'))).toBe('OBJECT_INVALID')
    }
  })
  it.each<Partial<Receipt>>([{ reason: 'It was my address' }, { timeMs: 0.1 }, { role: 'body', object: anId('x', 'raw') }])('is not written as nobody could read it: %j', (changed) => {
    expect(codeOf(() => encodeReceipt(aReceipt(changed)))).toBe('OBJECT_INVALID')
  })
})
