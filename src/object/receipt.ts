/** The receipt of an erasure: which object is gone, what it was, when and why. It explains an absence; it holds nothing of the content. */
import { encodeOrdered, wideInteger } from '../codec/cbor.js'
import { idBytes, idFromBytes, type ObjectId } from '../codec/object-id.js'
import { checkDagCbor, checkKeys, checkTimeMs, invalid, readFields, type Fields } from './shape.js'

export type ReceiptRole = 'body' | 'content'

export interface Receipt {
  readonly object: ObjectId
  readonly role: ReceiptRole
  readonly timeMs: number
  /** A short code, 1 to 64 of `a-z0-9-`, not beginning with a hyphen: `secret`, `gdpr-17`, …; never a sentence that repeats what was erased. */
  readonly reason: string
}

const REASON = /^[a-z0-9][a-z0-9-]{0,63}$/

export function isReasonCode(text: string): boolean {
  return REASON.test(text)
}

export function encodeReceipt(receipt: Receipt): Uint8Array {
  checkReceipt(receipt)
  return encodeOrdered({ kind: 'receipt', role: receipt.role, time: wideInteger(checkTimeMs('receipt', 'time', receipt.timeMs)), object: idBytes(receipt.object), reason: receipt.reason, version: 1 })
}

export function openReceipt(fields: Fields): Receipt {
  checkKeys('receipt', fields, { needed: ['kind', 'version', 'object', 'role', 'time', 'reason'] })
  const read = readFields('receipt', fields)
  const bytes = read.bytes('object', 33)
  const role = read.text('role')
  const reason = read.text('reason')
  if (bytes[0] !== 0x71 && bytes[0] !== 0x55) throw invalid('receipt', 'object is not a codec and a digest')
  if (role !== 'body' && role !== 'content') throw invalid('receipt', `the role ${role.slice(0, 80)} is unknown`)
  const receipt: Receipt = { object: idFromBytes(bytes), role, timeMs: read.timeMs('time'), reason }
  checkReceipt(receipt)
  return receipt
}

function checkReceipt({ object, role, reason }: Receipt): void {
  if (role === 'body') checkDagCbor('receipt', 'object', object)
  if (!isReasonCode(reason)) throw invalid('receipt', 'reason is not a code')
}
