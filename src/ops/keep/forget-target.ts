/** What somebody wants forgotten: the body of an ATOM, or a content. Everything else cannot be, and the refusal says why. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { codecOf, digestOf, objectId, type Digest, type ObjectId } from '../../codec/object-id.js'
import { FOLDER_MODE } from '../../object/tree.js'
import { openAny } from '../../object/open.js'
import type { Receipt, ReceiptRole } from '../../object/receipt.js'
import { resolveAtom, resolveObject, type ResolveContext } from '../../history/resolve.js'
import { FORGOTTEN, OFFERED } from '../../refs/name.js'
import { getRef, resolveRef } from '../../refs/ref.js'
import { readObject } from '../../store/objects.js'
import { getEntry } from '../../tree/read.js'
import { pathInTree } from '../../tree/scope.js'
import { resolveContext } from '../context.js'
import type { Repo } from '../repo.js'

export interface ForgetTarget {
  readonly id: ObjectId
  readonly role: ReceiptRole
}

/** Returns what `REV`, `PATH@REV`, `REV:PATH` or an object id of a body or a content names. Throws `UNSUPPORTED` for what is not erasable. */
export async function findTarget(repo: Repo, text: string): Promise<ForgetTarget> {
  const context = resolveContext(repo)
  const named = await getPathTarget(repo, context, text)
  if (named !== undefined) return named
  const id = await resolveOrForgotten(repo, context, text)
  if (codecOf(id) === 'raw') return { id, role: 'content' }
  const bytes = repo.objects.getObject(id)
  if (bytes === undefined) return { id, role: roleOfReceipt(repo, id) ?? 'content' }
  const object = openAny(bytes)
  switch (object.kind) {
    case 'atom': return { id: object.value.body, role: 'body' }
    case 'body': return { id, role: 'body' }
    case 'file': return { id, role: 'content' }
    default: throw refuse(`${text} is a ${object.kind}`, REASONS[object.kind] ?? 'it is part of the proof')
  }
}

const REASONS: { readonly [kind: string]: string } = {
  tree: 'paths are part of the proof: forget the contents one by one, as PATH@REV',
  op: 'the operation log is a chain; its beginning goes with atom op prune',
  tag: 'delete the tag (atom tag -d), forget the operations that name it (atom op prune), then atom gc',
  receipt: 'a receipt is what is left of something forgotten',
}

/** `PATH@REV`, the last @ that a revision follows; and git's `REV:PATH`. */
async function getPathTarget(repo: Repo, context: ResolveContext, text: string): Promise<ForgetTarget | undefined> {
  for (let at = text.lastIndexOf('@'); at > 0; at = text.lastIndexOf('@', at - 1)) {
    // A brace belongs to the revision: main@{2}.
    if (text[at + 1] === '{' || text.slice(at + 1) === '') continue
    try {
      const header = readObject(repo.objects, repo.index.node(await resolveAtom(context, text.slice(at + 1))).id, 'atom')
      const path = text.slice(0, at)
      const entry = getEntry(repo.objects, header.tree, pathInTree(path)) ?? getEntry(repo.objects, header.tree, repo.worktree.locate(path))
      if (entry === undefined) throw new AtomError('PATH_NOT_FOUND', `there is no ${path} in ${text.slice(at + 1)}`, { data: { path, revision: text.slice(at + 1) }, hint: `atom ls-tree -r ${text.slice(at + 1)}` })
      if (entry.mode === FOLDER_MODE) throw refuse(`${path} is a folder`, 'paths are part of the proof: forget the files in it one by one')
      return { id: entry.link, role: 'content' }
    } catch (error) {
      if (!isAtomError(error, 'REVISION_NOT_FOUND') && !isAtomError(error, 'REVISION_SYNTAX')) throw error
    }
  }
  return undefined
}

/** Resolves a revision, or a full id that a receipt names although the object is gone. */
async function resolveOrForgotten(repo: Repo, context: ResolveContext, text: string): Promise<ObjectId> {
  const ref = /^[0-9a-f]{64}$/.test(text) ? getRef(repo.store, FORGOTTEN + text) : undefined
  if (ref === undefined) return resolveObject(context, text)
  const receipt = resolveRef(repo.store, FORGOTTEN + text)
  return receipt === undefined ? resolveObject(context, text) : readObject(repo.objects, receipt, 'receipt').object
}

function roleOfReceipt(repo: Repo, id: ObjectId): ReceiptRole | undefined {
  const receipt = resolveRef(repo.store, FORGOTTEN + digestOf(id))
  return receipt === undefined ? undefined : readObject(repo.objects, receipt, 'receipt').role
}

/** Returns the receipt that `--accept` names: by its id, its ref, or the digest of what was forgotten. */
export async function findReceipt(repo: Repo, text: string): Promise<{ readonly id: ObjectId; readonly receipt: Receipt }> {
  const byRef = text.startsWith('refs/') ? resolveRef(repo.store, text) : resolveRef(repo.store, FORGOTTEN + text) ?? resolveRef(repo.store, OFFERED + text)
  const id = byRef ?? (/^[0-9a-f]{64}$/.test(text) ? objectId(text as Digest, 'dag-cbor') : await resolveObject(resolveContext(repo), text))
  return { id, receipt: readObject(repo.objects, id, 'receipt') }
}

function refuse(what: string, why: string): AtomError<'UNSUPPORTED'> {
  return new AtomError('UNSUPPORTED', `${what}, which cannot be forgotten: ${why}`, { data: { what }, hint: 'atom id, operation, agent, time, paths and ref names stay' })
}
