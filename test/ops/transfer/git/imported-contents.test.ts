import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../../src/base/bytes.js'
import { digestOf } from '../../../../src/codec/object-id.js'
import { encodeReceipt } from '../../../../src/object/receipt.js'
import { seal } from '../../../../src/object/seal.js'
import type { HistorySource } from '../../../../src/ops/transfer/git/history-source.js'
import { createImportedContents } from '../../../../src/ops/transfer/git/imported-contents.js'
import { pointAt } from '../../../../src/refs/ref.js'
import { readContent, sealContent } from '../../../../src/store/content.js'
import { aRepo } from '../../../helpers/memory-repo.js'

/** A source whose contents are given, and come in parts of 100,000 bytes. */
function contentsOf(blobs: Readonly<Record<string, Uint8Array>>): { readonly source: HistorySource; readonly read: string[] } {
  const read: string[] = []
  const readBlob: HistorySource['readBlob'] = async (blob, take) => {
    read.push(blob)
    const bytes = blobs[blob] ?? new Uint8Array(0)
    for (let offset = 0; offset < bytes.length; offset += 100_000) await take(bytes.subarray(offset, offset + 100_000))
  }
  return { source: { readBlob } as HistorySource, read }
}

describe('contents on their way into the store', () => {
  it('are read once, also when asked for at the same time, and wait to be taken', async () => {
    const repo = await aRepo()
    const { source, read } = contentsOf({ a: utf8('text') })
    const contents = createImportedContents(repo, source)
    const [one, two] = await Promise.all([contents.idOf('a'), contents.idOf('a')])
    expect([one, two, read]).toEqual([sealContent(utf8('text')).id, one, ['a']])
    expect((await contents.take()).map(({ id }) => id)).toEqual([one])
    expect(await contents.take()).toEqual([])
  })

  it('go ahead where they are large, so that little waits', async () => {
    const repo = await aRepo()
    const bytes = new Uint8Array(6_000_000).map((_, index) => (index * 31) ^ (index >> 9))
    const contents = createImportedContents(repo, contentsOf({ large: bytes }).source)
    const id = await contents.idOf('large')
    const waiting = await contents.take()
    expect(waiting.reduce((sum, object) => sum + object.bytes.length, 0)).toBeLessThan(4_200_000)
    await repo.writer.putAhead(waiting)
    expect(id).toBe(sealContent(bytes).id)
    expect(Buffer.compare(readContent(repo.objects, id), bytes)).toBe(0)
  })

  it('that were forgotten here do not come back', async () => {
    const repo = await aRepo()
    const { id } = sealContent(utf8('secret'))
    const receipt = seal(encodeReceipt({ object: id, role: 'content', timeMs: 1, reason: 'secret' }))
    await repo.writer.transact({ agent: 'tester', command: 'forget' }, (tx) => {
      tx.put(receipt)
      tx.edit({ ref: `refs/atom/forgotten/${digestOf(id)}`, expected: undefined, next: pointAt(receipt.id) })
    })
    const contents = createImportedContents(repo, contentsOf({ s: utf8('secret'), o: utf8('other') }).source)
    expect(await contents.idOf('s')).toBe(id)
    const other = await contents.idOf('o')
    expect((await contents.take()).map((object) => object.id)).toEqual([other])
  })
})
