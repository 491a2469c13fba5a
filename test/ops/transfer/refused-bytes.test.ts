import { expect, test } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { createImportedTrail } from '../../../src/ops/transfer/imported-trail.js'
import { createKnownRecords } from '../../../src/ops/transfer/known-records.js'
import { createRefusedBytes, type RefusedAtom, type RefusedPiece } from '../../../src/ops/transfer/refused-bytes.js'
import type { Repo } from '../../../src/ops/repo.js'
import { getBody } from '../../../src/store/body.js'
import { getContent } from '../../../src/store/content.js'
import { readObject } from '../../../src/store/objects.js'
import { bareRepo } from '../../helpers/bare-repo.js'

async function kept(repo: Repo, pieces: readonly RefusedPiece[], parts: readonly Uint8Array[] = []): Promise<RefusedAtom | undefined> {
  const trail = createImportedTrail(repo, 'import')
  const bytes = createRefusedBytes(trail, createKnownRecords(repo))
  for (const part of parts) bytes.addPart(part)
  for (const piece of pieces) bytes.add(piece)
  const made = await bytes.close({ parent: undefined, timeMs: 0, metadata: {} })
  await trail.flush()
  return made
}

const bodyOf = (repo: Repo, made: RefusedAtom | undefined): ReturnType<typeof getBody> => made && getBody(repo.objects, readObject(repo.objects, made.id, 'atom').body)

test('says why for runs of lines, in a text that can be recorded, and keeps each line by itself', async () => {
  const repo = await bareRepo()
  const line = (number: number, reason: string): RefusedPiece => ({ file: '/somewhere/else/a.log', line: number, reason, raw: utf8(`line ${String(number)}`) })
  const made = await kept(repo, [line(1, 'no tag'), line(2, 'no tag'), line(4, 'no tag'), line(5, '"\ud83d')])
  const body = bodyOf(repo, made)
  expect(body).toMatchObject({ title: '4 lines of a.log could not be taken', metadata: { refused: [{ lines: [1, 2], reason: 'no tag' }, { lines: [4, 4], reason: 'no tag' }, { lines: [5, 5], reason: '"\ufffd' }] } })
  expect(body?.evidence?.map(({ value, content }) => [value, content && getContent(repo.objects, content)])).toEqual([1, 2, 4, 5].map((number) => [`line ${String(number)}`, utf8(`line ${String(number)}`)]))
})

test('is the same everywhere, and made once', async () => {
  const [left, right] = [await bareRepo(), await bareRepo({ seed: 5 })]
  const pieces = [{ file: 'a/b.json', reason: 'it is empty', raw: new Uint8Array(0) }]
  const made = await kept(left, pieces)
  expect((await kept(right, [{ ...pieces[0], file: 'c/b.json', reason: 'it is empty', raw: new Uint8Array(0) }]))?.id).toBe(made?.id)
  expect(await kept(left, pieces)).toMatchObject({ known: { id: made?.id } })
})

test('a piece in parts is one content; what could not be read is none', async () => {
  const repo = await bareRepo()
  const made = await kept(repo, [{ file: 'a', line: 1, reason: 'long', raw: utf8('end') }], [new Uint8Array(2_000_000).fill(1)])
  const content = bodyOf(repo, made)?.evidence?.[0]?.content
  expect(content && getContent(repo.objects, content)?.length).toBe(2_000_003)
  expect(await kept(repo, [{ file: 'a', reason: 'it may not be read' }])).toBeUndefined()
})
