/** Makes a mirror again out of another one, after receipts came: what they name is left out, and every commit after it is another one. */
import type { ObjectId } from '../../codec/object-id.js'
import type { Oid } from '../../git/git-object.js'
import { ownedLinks } from '../../object/links.js'
import { openAny } from '../../object/open.js'
import { flush, flushWhenFull, getObjectBytes, isRaw, isThere, type Mirror } from './mirror.js'
import { addObject } from './mirror-add.js'
import { ensureCommit } from './mirror-commit.js'

/** Copies everything that the commits stand for, what every commit stood for, and what waits for a commit. */
export async function copyMirror(from: Mirror, to: Mirror): Promise<void> {
  for (const [gone, receipt] of from.index.receipts) to.index.addReceipt(gone, receipt)
  await flush(from)
  const tips: Oid[] = []
  const others: ObjectId[] = []
  for await (const [commit, id] of from.index.carried()) {
    to.index.setCarried(commit, id)
    tips.push(commit)
  }
  for await (const commit of from.git.commits(tips, { known: [], order: 'parents-first' })) {
    const id = from.index.getCarried(commit)
    if (id === undefined || isThere(to, id)) continue
    await copyObject(from, to, id)
    const bytes = await getObjectBytes(to, id)
    if (bytes !== undefined && openAny(bytes).kind !== 'atom') others.push(id)
    await flushWhenFull(to)
  }
  for await (const id of from.index.placed()) {
    await copyObject(from, to, id)
    await flushWhenFull(to)
  }
  // Once all ATOMs are there: an op names what was before and after it.
  for (const id of others) await ensureCommit(to, id)
  await flush(to)
}

/** Copies an object after what it owns. Parents were copied before. */
async function copyObject(from: Mirror, to: Mirror, id: ObjectId): Promise<void> {
  if (isThere(to, id) || to.index.receipts.has(id)) return
  const bytes = await getObjectBytes(from, id)
  if (bytes === undefined) return
  if (!isRaw(id)) for (const link of ownedLinks(openAny(bytes))) if (from.index.getPlace(link.id)?.is !== 'carried' || openAny(bytes).kind === 'body') await copyObject(from, to, link.id)
  await addObject(to, id, bytes)
}
