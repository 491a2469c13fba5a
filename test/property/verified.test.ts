/** Whatever is recorded, the checker, which shares no writing path, finds nothing wrong with it. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { silentReporter } from '../../src/base/ports.js'
import { verifyStore } from '../../src/history/verify/verify.js'
import { pointAt } from '../../src/refs/ref.js'
import { aRepo, seededRandom } from '../helpers/memory-repo.js'

const text = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), fc.constantFrom('t'.repeat(70_000), '\u0000\u0007', '__proto__'))
const metadata = fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant('m'.repeat(80_000))), { maxKeys: 4 })
const files = fc.uniqueArray(fc.constantFrom('a', 'b', 'dir/a', 'dir/b', '~/x', '/etc/x'), { maxLength: 3 })
const atom = fc.record({
  title: text, reason: fc.option(text, { nil: undefined }), metadata: metadata as fc.Arbitrary<{ [key: string]: unknown }>, files, branch: fc.constantFrom('main', 'side'),
  type: fc.constantFrom('CFG', 'SAGE', 'REVERT', 'A-B'), influencedBy: fc.constantFrom<readonly string[]>([], ['HEAD'], ['main', 'HEAD~0']),
  evidence: fc.array(fc.record({ name: fc.constant('e'), phase: fc.constantFrom('before' as const, 'after' as const, 'other' as const), value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string({ unit: 'grapheme' })), content: fc.option(fc.uint8Array({ maxLength: 30 }), { nil: undefined }) }), { maxLength: 2 }),
})

it('what add records verifies clean', { timeout: 120_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(atom, { minLength: 1, maxLength: 12 }), fc.boolean(), async (atoms, isAtOnce) => {
    const repo = await aRepo()
    const record = async ({ files: paths, ...input }: (typeof atoms)[number]): Promise<void> => {
      for (const path of paths) repo.worktree.put(path, `${path} ${input.title.slice(0, 10)}`)
      await repo.add({ ...input, files: paths })
    }
    if (isAtOnce) await Promise.all(atoms.map(record))
    else for (const one of atoms) await record(one)
    await repo.writer.transact({ agent: 'a', command: 'tag' }, (tx) => { tx.edit({ ref: 'refs/tags/t', expected: undefined, next: pointAt(repo.index.node(0).id) }) })
    const result = await verifyStore({ records: repo.store, random: seededRandom('verify'), reporter: silentReporter, signal: repo.signal })
    expect(result.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(result).toMatchObject({ ok: true, atoms: atoms.length + 1 })
  }), { numRuns: 60 })
})
