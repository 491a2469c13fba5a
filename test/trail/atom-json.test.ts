import { describe, expect, it } from 'vitest'
import { objectKey } from '../../src/store/keys.js'
import { readObject } from '../../src/store/objects.js'
import { Float } from '../../src/codec/cbor.js'
import { EXECUTABLE_MODE, SYMLINK_MODE } from '../../src/object/tree.js'
import { formatMode, formatTime, toAtomJson, toFileJson, toJsonValue, totalTokens } from '../../src/trail/atom-json.js'
import { readRecord } from '../../src/trail/record.js'
import { aRepo } from '../helpers/memory-repo.js'
import { executable, file, symlink } from '../helpers/trees.js'

describe('the JSON of an ATOM', () => {
  it('has exactly this shape', async () => {
    const repo = await aRepo({ seed: 'json' })
    repo.worktree.put('gaming.env', 'RADV_DEBUG=debug\n')
    repo.worktree.put('~/.config/run.sh', '#!/bin/sh\n', EXECUTABLE_MODE)
    repo.worktree.put('link', 'gaming.env', SYMLINK_MODE)
    const { atom: research } = await repo.add({ type: 'RESEARCH', title: 'read the docs', files: ['gaming.env'] })
    repo.worktree.put('gaming.env', 'RADV_DEBUG=\n')
    repo.clock.advance(1_653_123)
    const { atom } = await repo.add({
      type: 'CFG', title: 'Turn the debug output off', reason: 'it halves the frame rate', agent: 'qwen', project: 'bazza-dx', metadata: { z: 1, a: ['x', null, true, 1.5], deep: { $bytes: 'ff' } },
      influencedBy: [research.header.atomId], files: ['gaming.env', '~/.config/run.sh', 'link'], contextSyncRef: 'decision:7', tokens: { model: 'qwen3', input: 10, output: 5, costUsd: 0.25 },
      evidence: [
        { name: 'printenv', phase: 'before', command: ['printenv', 'RADV_DEBUG'], exitCode: 0, durationMs: 12, content: new TextEncoder().encode('debug\n') },
        { name: 'fps', phase: 'after', value: 59.5, unit: 'fps' }, { name: 'log', phase: 'other', path: 'x.log', value: 'ok' },
      ],
    })
    expect(toAtomJson(atom)).toMatchInlineSnapshot(`
      {
        "agent": "qwen",
        "atom_id": "ATOM-CFG-20241127-003",
        "cid": "bafyreicb76ui47c5txnmmsuasaq5niplltly63ymdrchpown3eppxqpli4",
        "context_sync_ref": "decision:7",
        "evidence": [
          {
            "command": [
              "printenv",
              "RADV_DEBUG",
            ],
            "duration_ms": 12,
            "exit_code": 0,
            "name": "printenv",
            "object": "99c39ef24f13344f477d1d797cb4e70c55b27770d5880f8c1f9d93684bcf2f80",
            "path": null,
            "phase": "before",
            "unit": null,
            "value": null,
          },
          {
            "command": null,
            "duration_ms": null,
            "exit_code": null,
            "name": "fps",
            "object": null,
            "path": null,
            "phase": "after",
            "unit": "fps",
            "value": 59.5,
          },
          {
            "command": null,
            "duration_ms": null,
            "exit_code": null,
            "name": "log",
            "object": null,
            "path": "x.log",
            "phase": "other",
            "unit": null,
            "value": "ok",
          },
        ],
        "files": [
          {
            "after": "40a9f96813c645ae7ce00ef6120ed5a25745829cd6f9299d40eca33ca511abde",
            "before": "9ae52d1cc551eb404790c98ff1307cb3af9cd5570884093370f4acb725cf4b0d",
            "change": "modify",
            "mode": "0644",
            "path": "gaming.env",
          },
          {
            "after": "ce94e7d18a93aebd88f21fb5a593a6b161d3a58b27270af095e1a7ac51ad294d",
            "before": null,
            "change": "add",
            "mode": "symlink",
            "path": "link",
          },
          {
            "after": "a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf",
            "before": null,
            "change": "add",
            "mode": "0755",
            "path": "~/.config/run.sh",
          },
        ],
        "forgotten": false,
        "influenced_by": [
          {
            "atom_id": "ATOM-RESEARCH-20241127-002",
            "object": "73aaab36da1d14639282359152d127647759b11cc2e8f187048a1e35e3691554",
          },
        ],
        "metadata": {
          "a": [
            "x",
            null,
            true,
            1.5,
          ],
          "deep": {
            "$bytes": "ff",
          },
          "z": 1,
        },
        "object": "41ffa88e7c5d9ddac64a809021d6a1eb5cd78f6f0c1c4477bacdd91efbc1eb47",
        "operation": "modify_file",
        "parents": [
          "73aaab36da1d14639282359152d127647759b11cc2e8f187048a1e35e3691554",
        ],
        "previous_atom": "ATOM-RESEARCH-20241127-002",
        "project": "bazza-dx",
        "reason": "it halves the frame rate",
        "signature": "sha256:41ffa88e7c5d9ddac64a809021d6a1eb5cd78f6f0c1c4477bacdd91efbc1eb47",
        "tainted": false,
        "timestamp": "2024-11-27T10:27:33.123Z",
        "title": "Turn the debug output off",
        "tokens": {
          "cache_read": 0,
          "cache_write": 0,
          "cost_usd": 0.25,
          "input": 10,
          "model": "qwen3",
          "output": 5,
          "total": 15,
        },
        "tree": "131eb501e445e9a0e2d37f5599187e49ec15d7c3055cfed7fec02034ad362dc2",
        "type": "CFG",
      }
    `)
    // Reading gives what recording gave.
    expect(toAtomJson(readRecord(repo, atom.seq, { files: 'include' }))).toEqual(toAtomJson(atom))
    const keys = Object.keys(toAtomJson(atom))
    expect(keys).toEqual(['atom_id', 'object', 'cid', 'signature', 'type', 'operation', 'agent', 'project', 'timestamp', 'parents', 'previous_atom', 'influenced_by', 'title', 'reason', 'metadata', 'context_sync_ref', 'evidence', 'tokens', 'tree', 'files', 'tainted', 'forgotten'])
  })

  it('has null for what is absent and lists that are never absent', async () => {
    const repo = await aRepo()
    const { atom } = await repo.add({ title: 'bare', project: '' })
    const json = toAtomJson(readRecord(repo, atom.seq))
    expect(json).toMatchObject({ project: '', reason: null, metadata: {}, context_sync_ref: null, evidence: [], files: [], influenced_by: [], tainted: false, forgotten: false })
    expect(json.tokens).toEqual({ model: null, input: 0, output: 0, cache_read: 0, cache_write: 0, total: 0, cost_usd: null })
    await repo.store.write({ puts: [], deletes: [objectKey(readObject(repo.objects, atom.id, 'atom').body)] }, 'sync')
    expect(toAtomJson(readRecord(repo, atom.seq))).toMatchObject({ title: null, reason: null, project: null, metadata: {}, forgotten: true, atom_id: atom.header.atomId })
  })

  it('says how a file changed', () => {
    expect(toFileJson({ path: 'project/a', change: 'modify', before: file('1'), after: executable('2') })).toMatchObject({ path: 'a', change: 'modify', mode: '0755', before: file('1').link.slice(2), after: file('2').link.slice(2) })
    expect(toFileJson({ path: 'home/a', change: 'delete', before: symlink('1') })).toMatchObject({ path: '~/a', mode: 'symlink', after: null })
    expect(toFileJson({ path: 'system/b', from: 'project/a', change: 'rename', similarity: 100, before: file('1'), after: file('1') })).toEqual({ path: '/b', from: 'a', change: 'rename', before: file('1').link.slice(2), after: file('1').link.slice(2), mode: '0644' })
    expect(formatMode(undefined)).toBe('0644')
  })

  it('prints times and totals', () => {
    expect([formatTime(0), formatTime(-62_167_219_200_000), formatTime(253_402_300_799_999)]).toEqual(['1970-01-01T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])
    expect([totalTokens({ input: 1, output: 2, cacheRead: 4, cacheWrite: 8 }), totalTokens({ input: 1, total: 99 }), totalTokens({})]).toEqual([15, 99, 0])
    expect([toJsonValue(new Float(1)), toJsonValue(-(2n ** 64n)), toJsonValue([{ a: new Float(2.5) }])]).toEqual([1, '-18446744073709551616', [{ a: 2.5 }]])
  })
})
