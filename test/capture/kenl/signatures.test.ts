import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { checkSignatures } from '../../../src/capture/kenl/signatures.js'
import { sha256Hex } from '../../../src/codec/hash.js'

const sha256 = (text: string): string => sha256Hex(utf8(text))
const check = (record: { readonly [key: string]: unknown }, text = JSON.stringify(record)): string[] => {
  const { result, checks } = checkSignatures(record, text)
  return [result, ...checks.map(({ field, algorithm, result: of }) => `${field}: ${algorithm ?? of}`)]
}

describe('signatures of KENL', () => {
  const id = 'ATOM-CFG-20251114-001'

  it('are made again by each of the known rules', () => {
    const metadata = { a: 1, b: ['x', { c: null }] }
    expect(check({ atom_id: id, signature: sha256(`${id}:${JSON.stringify(metadata)}`), metadata })).toEqual(['match', 'signature: sha256(id:metadata)'])
    expect(check({ atom_id: id, signature: `sha256:${sha256(`${id}:{"a": 1, "b": ["x", {"c": null}]}`).toUpperCase()}`, metadata })).toEqual(['match', 'signature: sha256(id:metadata)'])
    expect(check({ atom_id: id, signature: sha256(`${id}:{"a":1}}`), metadata: { a: 1 } })).toEqual(['match', 'signature: sha256(id:metadata})'])
    expect(check({ atom_id: id, signature: sha256(`${id}:{}`) })).toEqual(['match', 'signature: sha256(id:metadata)'])
    expect(check({ tag: id, timestamp: 't', description: 'd', command: null, hash: sha256(`${id}tdNone`) })).toEqual(['match', 'hash: sha256(tag+timestamp+description+command)'])
    expect(check({ tag: id, timestamp: 't', description: 'd', command: 'ls', hash: sha256(`${id}tdls`) })).toEqual(['match', 'hash: sha256(tag+timestamp+description+command)'])
    expect(check({ tag: id, start_epoch: 1700000000, nonce: 'n', session_hash: sha256(`${id}1700000000n`) })).toEqual(['match', 'session_hash: sha256(tag+start_epoch+nonce)'])
    const human = sha256('vann')
    expect(check({ vhash: 'v', name: 'ann', human, combined: sha256(`v${human}`) })).toEqual(['match', 'human: sha256(vhash+name)', 'combined: sha256(vhash+human)'])
  })

  it('are told where they only look like SHA-256', () => {
    const entry = { id: 'e1', timestamp: 't', actor: 'a', decision: 'd', outcome: 'success' }
    let sum = 0
    for (const unit of JSON.stringify(entry)) sum = ((sum << 5) - sum + unit.charCodeAt(0)) | 0
    expect(check({ ...entry, hash: Math.abs(sum).toString(16).padStart(64, '0') })).toEqual(['match', 'hash: ATOMPersister: 32 bits, padded'])
  })

  it('use the metadata as it was written, not as a parser gives it back', () => {
    const written = '{ "b":1,  "a":"}" }'
    expect(check({ atom_id: id, signature: sha256(`${id}:${written}`), metadata: JSON.parse(written) as unknown }, `{"atom_id":"${id}","metadata": ${written}}`)).toEqual(['match', 'signature: sha256(id:metadata)'])
  })

  it('that no rule gives do not match; none is none; a signature with a key cannot be judged', () => {
    expect(check({ atom_id: id, signature: sha256('other'), metadata: {} })).toEqual(['mismatch', 'signature: mismatch'])
    expect(check({ atom_id: id, signature: 'sha256:a3f5b…' })).toEqual(['mismatch', 'signature: mismatch'])
    expect(check({ atom_id: id, signature: '', metadata: {} })).toEqual(['absent'])
    expect(check({ atom_id: id, signature: '-----BEGIN SSH SIGNATURE-----\nU1NI' })).toEqual(['absent', 'signature: not checked'])
  })
})
