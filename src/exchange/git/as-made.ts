/** Whether what git has is what would be made here, now: seen without making it. Receipts that came later make other commits of the same objects. */
import { equalBytes } from '../../base/bytes.js'
import type { ObjectId } from '../../codec/object-id.js'
import { GIT_FILE, GIT_FOLDER } from '../../git/git-object.js'
import type { AtomHeader } from '../../object/atom.js'
import { ownedLinks, type OwnedLink } from '../../object/links.js'
import type { OpenedObject } from '../../object/open.js'
import { FOLDER_MODE, type TreeEntry } from '../../object/tree.js'
import { ATOM_FOLDER } from './atom-tree.js'
import { commitOfAtom } from './commit-of.js'
import { getCommit } from './mirror-commit.js'
import type { MirrorIndex } from './mirror-index.js'
import { readTree, type CommitInHand, type OwnFolder, type ReadCommit, type Tree } from './read-commit.js'

/** Tells whether the git tree of a folder is the one that would be made now: nothing in it was forgotten since. */
export function isFolderAsMade(index: MirrorIndex, entries: ReadonlyMap<string, TreeEntry>): boolean {
  if (index.receipts.size === 0) return true
  return [...entries.values()].every(({ mode, link }) => {
    if (mode !== FOLDER_MODE) return !index.receipts.has(link)
    const place = index.getPlace(link)
    return place?.is === 'tree' && place.git !== undefined
  })
}

export interface Judged {
  readonly id: ObjectId
  readonly header: AtomHeader
  readonly body: OpenedObject | undefined
  readonly read: ReadCommit
  /** Its files, as they were learned. */
  readonly files: ReadonlyMap<string, TreeEntry>
}

/**
 * Tells whether a commit that stands for an ATOM is surely the one that would be made of it. Of a plain one only its text has to be made: what it names was judged. Where it says no the commit
 * is made to be compared.
 */
export async function isAsMade(inHand: CommitInHand, { id, header, body, read, files }: Judged): Promise<boolean> {
  const { head, root, own } = read
  if (head === undefined || root === undefined || own === undefined || body?.kind !== 'body' || body.value.large !== undefined) return false
  if (inHand.index.receipts.has(header.body) || !isFolderAsMade(inHand.index, files)) return false
  if (!isInOrder(root) || !head.parents.every((parent, at) => getCommit(inHand, header.parents[at] as ObjectId) === parent)) return false
  if (!(await isOwnAsMade(inHand, own, ownedLinks(body)))) return false
  const { title, reason } = body.value
  const made = commitOfAtom(id, header, { place: head, texts: { title, ...(reason !== undefined && { reason }) } })
  return equalBytes(made.bytes, inHand.bytes)
}

/** The scopes and our own folder: none of them begins another, so their names are in git's order as texts. */
const TOP_NAMES: readonly string[] = [ATOM_FOLDER, 'home', 'project', 'system']

function isInOrder(root: Tree): boolean {
  let last = -1
  for (const name of root.keys()) {
    const at = TOP_NAMES.indexOf(name)
    if (at <= last) return false
    last = at
  }
  return true
}

/** Header and body, and every content that the body links: nothing else, in git's order, all plain. */
async function isOwnAsMade(inHand: CommitInHand, { entries }: OwnFolder, links: readonly OwnedLink[]): Promise<boolean> {
  const isPlain = [...entries.keys()].join() === (links.length === 0 ? 'atom,body' : 'atom,body,link') && entries.get('atom')?.mode === GIT_FILE && entries.get('body')?.mode === GIT_FILE
  if (!isPlain || links.length === 0) return isPlain
  const folder = entries.get('link')
  const tree = folder?.mode === GIT_FOLDER ? await readTree(inHand, folder.oid) : undefined
  const names = links.map((_, number) => String(number)).sort()
  return tree !== undefined && [...tree.keys()].join() === names.join() && [...tree.values()].every(({ mode }) => mode === GIT_FILE) && !links.some(({ id }) => inHand.index.receipts.has(id))
}
