/** `--stamp`: a file that carries the id of the very ATOM that records it. */
import { AtomError } from '../../base/errors.js'
import { getText, utf8 } from '../../base/bytes.js'
import type { ObjectId } from '../../codec/object-id.js'
import type { AtomId } from '../../object/atom-id.js'
import { readContent, sealContent } from '../../store/content.js'
import { worktreeKey } from '../../store/keys.js'
import { getEntry } from '../../tree/read.js'
import type { Draft } from './record-draft.js'
import type { Repo } from '../repo.js'

/** Returns what puts the new atom id in place of `ATOM-<TYPE>-@` in a file: the stamped bytes are the ones hashed, under the lock. */
export async function makeStamp(repo: Repo, { path, type }: { readonly path: string; readonly type: string }): Promise<NonNullable<Draft['stamp']>> {
  const file = await repo.worktree.capture(path, (ahead) => repo.writer.putAhead(ahead))
  const mark = `ATOM-${type}-@`
  if (file === undefined) throw new AtomError('PATH_NOT_FOUND', `there is no file ${repo.worktree.display(path)} to stamp`, { data: { path: repo.worktree.display(path) } })
  const made = new Map(file.objects.map((object) => [object.id, object.bytes]))
  const content = readContent({ getObject: (id) => made.get(id) ?? repo.objects.getObject(id) }, file.entry.link)
  const source = getText(content)
  if (source === undefined || !source.includes(mark)) {
    throw new AtomError('INPUT_INVALID', `${repo.worktree.display(path)} has no ${mark} to put the atom id in place of`, { data: { field: 'stamp', value: repo.worktree.display(path) }, hint: `write ${mark} where the id shall stand` })
  }
  return (atomId: AtomId) => {
    const sealed = sealContent(utf8(source.replaceAll(mark, atomId)))
    return { path, entry: { mode: file.entry.mode, link: sealed.id }, objects: sealed.objects }
  }
}

/** Puts the stamped bytes in place of the file and remembers that they lie there. */
export async function writeStamped(repo: Repo, { path, tree }: { readonly path: string; readonly tree: ObjectId }): Promise<void> {
  const entry = getEntry(repo.objects, tree, path)
  if (entry === undefined) return
  const layout = await repo.worktree.write(path, readContent(repo.objects, entry.link))
  await repo.writer.transact({ agent: repo.identity.agent, command: 'add' }, (tx) => { if (layout.bytes !== undefined) tx.putRecord(worktreeKey(path), layout.bytes) })
}
