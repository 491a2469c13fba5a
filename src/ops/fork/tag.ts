/** `tag`: names for ATOMs that do not move: a plain ref, or with a message a tag object. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { seal } from '../../object/seal.js'
import { encodeTag, type Tag } from '../../object/tag.js'
import { resolveAtom, resolveObject } from '../../history/resolve.js'
import { TAGS, fullRefName } from '../../refs/name.js'
import { getRef, pointAt, resolveRef } from '../../refs/ref.js'
import { isAtomError } from '../../base/errors.js'
import { readObject } from '../../store/objects.js'
import { pointingRefs } from './branch-item.js'
import { checkInput, filledText, flag, optional, someOf, text } from '../check.js'
import { resolveContext } from '../context.js'
import { toNamePattern } from './name-pattern.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface TagItem {
  readonly name: string
  /** What the ref points at: the tag object of an annotated tag, else the ATOM. */
  readonly object: ObjectId
  /** The ATOM that it leads to; absent where that is not in this store. */
  readonly target: ObjectId | undefined
  readonly atomId: string | undefined
  /** The tag object of an annotated tag. */
  readonly annotation: Tag | undefined
}

export interface TagListInput {
  /** A pattern with `*` and `?`; default: all. */
  readonly pattern?: string | undefined
}

export const tagList: Operation<TagListInput, TagItem> = {
  name: 'tag.list',
  summary: 'List tags',
  effect: 'read',
  errors: [],
  check: checkInput<TagListInput>({ pattern: optional(filledText) }),
  run: listTags,
}

async function* listTags(repo: Repo, { pattern }: TagListInput): AsyncIterable<TagItem> {
  const fits = pattern === undefined ? undefined : toNamePattern(pattern)
  for (const { name, object } of await pointingRefs(repo, TAGS)) {
    const short = name.slice(TAGS.length)
    if (fits === undefined || fits.test(short)) yield tagItem(repo, short, object)
  }
}

function tagItem(repo: Repo, name: string, object: ObjectId): TagItem {
  let target = object
  let annotation: Tag | undefined
  // Tags of tags lead on; their number is bounded by their hashes.
  while (repo.index.getSeq(digestOf(target)) === undefined) {
    const tag = getTag(repo, target)
    if (tag === undefined) return { name, object, target: undefined, atomId: undefined, annotation }
    annotation ??= tag
    target = tag.target
  }
  return { name, object, target, atomId: repo.index.node(repo.index.seqOf(target)).atomId, annotation }
}

function getTag(repo: Repo, id: ObjectId): Tag | undefined {
  if (repo.objects.getObject(id) === undefined) return undefined
  try {
    return readObject(repo.objects, id, 'tag')
  } catch (error) {
    if (isAtomError(error, 'OBJECT_CORRUPT') || isAtomError(error, 'KIND_UNKNOWN')) return undefined
    throw error
  }
}

export interface TagCreateInput {
  readonly name: string
  /** A revision; default: the tip of the current branch. */
  readonly target?: string | undefined
  /** Makes a tag object. */
  readonly message?: string | undefined
  readonly force: boolean
}

export const tagCreate: Operation<TagCreateInput, TagItem> = {
  name: 'tag.create',
  summary: 'Create a tag',
  effect: 'write',
  errors: ['REF_EXISTS', 'REF_NAME_INVALID', 'REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'REF_MOVED'],
  check: checkInput<TagCreateInput>({ name: filledText, target: optional(filledText), message: optional(text), force: flag }),
  run: createTag,
}

async function createTag(repo: Repo, { name, target = 'HEAD', message, force }: TagCreateInput): Promise<TagItem> {
  const ref = fullRefName(TAGS, name)
  const context = resolveContext(repo)
  const atom = repo.index.node(await resolveAtom(context, target)).id
  // Without a message the tag points at what was named, which may be a tag object itself.
  const named = message === undefined ? await resolveObject(context, target) : atom
  const before = getRef(repo.store, ref)
  if (before !== undefined && !force) throw new AtomError('REF_EXISTS', `there is a tag ${name} already`, { data: { name }, hint: `to move it: atom tag -f ${name}` })
  const { value } = await repo.writer.transact({ agent: repo.identity.agent, command: 'tag' }, (tx) => {
    let object = named.startsWith('71') && getTag(repo, named) !== undefined ? named : atom
    if (message !== undefined) {
      const tag = seal(encodeTag({ name, target: atom, agent: repo.identity.agent, timeMs: tx.nowMs, message }))
      tx.put(tag, [atom])
      object = tag.id
    }
    tx.edit({ ref, expected: before, next: pointAt(object) })
    return object
  })
  return tagItem(repo, name, value)
}

export interface TagDeleteInput { readonly names: readonly string[] }

export const tagDelete: Operation<TagDeleteInput, readonly TagItem[]> = {
  name: 'tag.delete',
  summary: 'Delete tags',
  effect: 'write',
  errors: ['REF_NOT_FOUND', 'REF_MOVED', 'INPUT_INVALID'],
  check: checkInput<TagDeleteInput>({ names: someOf(filledText) }),
  run: deleteTags,
}

/** Deletes all of them or none. */
async function deleteTags(repo: Repo, { names }: TagDeleteInput): Promise<readonly TagItem[]> {
  if (names.length === 0) throw new AtomError('INPUT_INVALID', 'no tag was named', { data: { field: 'names' }, hint: 'atom tag -d NAME' })
  const items = [...new Set(names)].map((name) => {
    const object = resolveRef(repo.store, TAGS + name)
    if (object === undefined) throw new AtomError('REF_NOT_FOUND', `there is no tag ${name}`, { data: { name }, hint: 'atom tag' })
    return tagItem(repo, name, object)
  })
  await repo.writer.transact({ agent: repo.identity.agent, command: 'tag' }, (tx) => {
    for (const { name, object } of items) tx.edit({ ref: TAGS + name, expected: pointAt(object), next: undefined })
  })
  return items
}
