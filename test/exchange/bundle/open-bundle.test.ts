import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CarReader } from '@ipld/car'
import { toHex } from '../../../src/base/bytes.js'
import { encode } from '../../../src/codec/cbor.js'
import { cidFromId, cidText, digestOf } from '../../../src/codec/object-id.js'
import { varint } from '../../../src/codec/varint.js'
import { carBlock, carHeader } from '../../../src/exchange/bundle/car.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { resolveRef } from '../../../src/refs/ref.js'
import { bundleOf, openBytes, remoteOf } from '../../helpers/bundles.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anExchange, contentsOf, problemsOf } from '../../helpers/exchange.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'
import { suitePath } from '../../helpers/suites.js'

const MAIN = 'refs/heads/main'

describe('a bundle', () => {
  it('is what a CAR reader of others reads: the same roots, blocks and digests', async () => {
    const repo = await aHistory()
    const { file, result } = await bundleOf(repo)
    const reader = await CarReader.fromBytes(file)
    expect((await reader.getRoots()).map(String)).toEqual([cidText(result.root)])
    const blocks: string[] = []
    for await (const { cid, bytes } of reader.blocks()) blocks.push(`${String(cid)} ${toHex(bytes)}`)
    const bundle = await openBytes(file)
    expect([blocks.length, bundle.blocks]).toEqual([result.objects, result.objects])
    for (const block of blocks) expect(block.split(' ')[1]).toMatch(/^[0-9a-f]*$/)
    expect([...bundle.refs.keys()]).toEqual([MAIN, 'refs/heads/side', expect.stringMatching(/^refs\/atom\/ops\//)])
  })

  it('is the same bytes every time, whatever the chunks in which it is read', async () => {
    const repo = await aHistory()
    const { file } = await bundleOf(repo)
    expect(toHex((await bundleOf(repo)).file)).toBe(toHex(file))
    for (const chunkBytes of [1, 7, file.length]) expect((await openBytes(file, chunkBytes)).refs.get(MAIN)).toBe(resolveRef(repo.store, MAIN))
  })

  it('gives everything to an empty store', async () => {
    const [from, to] = [await aHistory(), await aRepo({ seed: 'other' })]
    const { file } = await bundleOf(from)
    expect(await anExchange().fetch(to, {}, await remoteOf(file))).toMatchObject({ atoms: 6, refused: [], location: 'trail.car' })
    expect(resolveRef(to.store, 'refs/remotes/origin/main')).toBe(resolveRef(from.store, MAIN))
    expect(await problemsOf(to)).toEqual([])
  })

  it('since a revision or a date holds what is new, and says what it builds on', async () => {
    const from = await aHistory()
    const { file, result } = await bundleOf(from, { refs: ['main'], since: 'side~1' })
    expect(result).toMatchObject({ atoms: 3, needs: [from.index.node(2).id], refs: new Map([[MAIN, resolveRef(from.store, MAIN)]]) })
    const byDate = await bundleOf(from, { refs: ['main'], since: '2024-11-27T10:02:30Z' })
    expect(byDate.result.needs).toEqual(result.needs)
    const empty = await aRepo({ seed: 'other' })
    const before = await contentsOf(empty)
    expect(await codeOfAsync(async () => anExchange().fetch(empty, {}, await remoteOf(file)))).toBe('LINK_MISSING')
    expect(await contentsOf(empty)).toBe(before)
    await anExchange().fetch(empty, {}, await remoteOf((await bundleOf(from, { refs: ['side'] })).file))
    expect(await anExchange().fetch(empty, {}, await remoteOf(file))).toMatchObject({ atoms: 2, refused: [] })
    expect(await problemsOf(empty)).toEqual([])
  })

  it('carries receipts instead of what was forgotten', async () => {
    const [from, to] = [await aHistory(), await aRepo({ seed: 'other' })]
    await forget.run(from, forget.check({ target: digestOf(from.index.node(3).id), reason: 'secret' }))
    await anExchange().fetch(to, {}, await remoteOf((await bundleOf(from)).file))
    expect(await problemsOf(to)).toEqual([])
  })

  it('refuses to hold what is no branch or tag', async () => {
    const repo = await aHistory()
    expect(await codeOfAsync(() => bundleOf(repo, { refs: ['main~1'] }))).toBe('REF_NOT_FOUND')
    expect(await codeOfAsync(() => bundleOf(repo, { since: 'no such thing' }))).toBe('DATE_INVALID')
    expect((await bundleOf(repo, { refs: ['HEAD'] })).result.refs).toEqual(new Map([[MAIN, resolveRef(repo.store, MAIN)]]))
  })

  it('can only be read', async () => {
    const remote = await remoteOf((await bundleOf(await aHistory())).file)
    expect(await codeOfAsync(() => remote.updateRefs([]))).toBe('REMOTE_REFUSED')
  })
})

describe('a bundle that is damaged', () => {
  it('is refused wherever it is cut off', async () => {
    const { file } = await bundleOf(await aHistory())
    for (let length = 0; length < file.length; length += length < 400 ? 1 : 37) expect([length, await codeOfAsync(() => openBytes(file.subarray(0, length)))]).toEqual([length, 'BUNDLE_CORRUPT'])
  })

  it('is refused with any bit flipped', async () => {
    const { file } = await bundleOf(await aHistory(), { refs: ['main'] })
    for (let at = 0; at < file.length; at += 11) {
      const bad = file.slice()
      bad[at] = (bad[at] as number) ^ (1 << (at % 8))
      expect([at, await codeOfAsync(() => openBytes(bad))]).toEqual([at, 'BUNDLE_CORRUPT'])
    }
  })

  const refs = Buffer.from(encode({ kind: 'refs', refs: {}, version: 1 }))
  it.each([
    ['nothing', new Uint8Array(0)],
    ['a header without roots', Buffer.concat([varint(encode({ version: 1 }).length), encode({ version: 1 })])],
    ['version 2', Buffer.concat([varint(encode({ roots: [], version: 2 }).length), encode({ roots: [], version: 2 })])],
    ['no root', carHeader([])],
    ['a section without end', Buffer.concat([carHeader([]), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)])],
    ['a section of ten gigabytes', Buffer.concat([carHeader([]), varint(10_000_000_000)])],
    ['a section of nothing', Buffer.concat([carHeader([]), Uint8Array.of(0)])],
    ['text', Buffer.from('# just a file\n')],
    ['a length that is longer than it need be', Buffer.concat([Uint8Array.of(0x80 | (refs.length & 0x7f), 0x00)])],
  ])('of %s is refused', async (_what, bytes) => {
    expect(await codeOfAsync(() => openBytes(new Uint8Array(bytes)))).toBe('BUNDLE_CORRUPT')
  })

  it('is refused when its root is something else', async () => {
    const { file } = await bundleOf(await aHistory())
    const bundle = await openBytes(file)
    const id = bundle.refs.get(MAIN) as NonNullable<ReturnType<typeof bundle.refs.get>>
    const other = Buffer.concat([carHeader([id]), carBlock({ id, bytes: bundle.staging.getObject(id) as Uint8Array })])
    expect(String(cidFromId(id))).toMatch(/^bafyrei/)
    expect(await codeOfAsync(() => openBytes(new Uint8Array(other)))).toBe('BUNDLE_CORRUPT')
  })
})

const suite = suitePath('car')

describe.skipIf(suite === undefined)('the CAR files of others', () => {
  const files = suite === undefined ? [] : readdirSync(suite, { recursive: true, encoding: 'utf8' }).map((name) => join(suite, name)).filter((path) => statSync(path).isFile() && statSync(path).size < 20_000_000 && !/\.(?:txt|md)$/.test(path))

  it('are refused, broken or of other things, without a crash', async () => {
    expect(files.length).toBeGreaterThan(5)
    for (const path of files) expect([path, await codeOfAsync(() => openBytes(new Uint8Array(readFileSync(path)), 65_536))]).toEqual([path, 'BUNDLE_CORRUPT'])
  })
})
