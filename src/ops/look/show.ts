/** `show`: what a revision names, in full: an ATOM with its files, a file's bytes, a folder, a tag, an operation, any other object. */
import { compareText, getText } from '../../base/bytes.js'
import { AtomError } from '../../base/errors.js'
import { codecOf, digestOf, type ObjectId } from '../../codec/object-id.js'
import { resolveObject, resolveRevision } from '../../history/resolve.js'
import { resolveRevisionSets } from '../../history/revision-sets.js'
import { parseRevisionSet, type Revision } from '../../history/revision-syntax.js'
import { walk } from '../../history/graph/walk.js'
import type { IndexNode } from '../../index/node.js'
import type { Evidence } from '../../object/body.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import type { Tag } from '../../object/tag.js'
import { FILE_MODE, FOLDER_MODE, type EntryMode, type TreeEntry } from '../../object/tree.js'
import { contentChunks, contentSizeBytes, readContent } from '../../store/content.js'
import { readObject } from '../../store/objects.js'
import { getEntry, readFolder } from '../../tree/read.js'
import { displayPath, pathInTree } from '../../tree/scope.js'
import { getTitle } from '../../trail/record.js'
import { checkInput, count, filledText, flag, oneOf, optional, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import { makeEntryReader, type LogEntry } from './log-entry.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { trackedPathOf } from './tracked-path.js'

export interface ShowInput {
  /** Revisions, ranges, REV:PATH, ids of any object; none = HEAD. */
  readonly revisions: readonly string[]
  /** Only these files of an ATOM, as typed. */
  readonly paths: readonly string[]
  /** `files`: which changed, without their patches. */
  readonly detail?: 'record' | 'files' | 'patches' | undefined
  readonly contextLines?: number | undefined
  readonly ignoreSpace?: boolean | undefined
  readonly renames?: boolean | undefined
  /** Patches of a merge against its first parent. */
  readonly mergePatches?: boolean | undefined
  readonly decorate?: boolean | undefined
  /** How a file comes: as its bytes, in pieces, or as one text for JSON. */
  readonly contents?: 'bytes' | 'text' | undefined
}

export interface EvidenceView {
  readonly evidence: Evidence
  /** The beginning of a captured text; absent for bytes that are none. */
  readonly excerpt?: string
  readonly sizeBytes?: number
  readonly isForgotten: boolean
}

export interface InfluenceView {
  readonly object: string
  readonly atomId: string | undefined
  readonly title: string | undefined
}

export interface TreeName {
  readonly name: string
  readonly entry: TreeEntry
}

export type ShowItem =
  | { readonly is: 'atom'; readonly entry: LogEntry; readonly evidence: readonly EvidenceView[]; readonly influences: readonly InfluenceView[] }
  /** A file; its bytes follow in pieces, unless the whole text was asked for. `text` null: it is none, or too large. */
  | { readonly is: 'file'; readonly path: string | null; readonly object: ObjectId; readonly mode: EntryMode; readonly sizeBytes: number; readonly text?: string | null }
  | { readonly is: 'content'; readonly bytes: Uint8Array }
  | { readonly is: 'folder'; readonly title: string; readonly object: ObjectId; readonly names: readonly TreeName[] }
  | { readonly is: 'tag'; readonly tag: Tag; readonly object: ObjectId }
  | { readonly is: 'other'; readonly object: ObjectId; readonly opened: OpenedObject }

export const show: Operation<ShowInput, ShowItem> = {
  name: 'show',
  summary: 'Show an ATOM, a file or any object',
  effect: 'read',
  errors: ['REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS', 'PATH_NOT_FOUND', 'PATH_INVALID', 'OBJECT_NOT_FOUND'],
  check: checkInput<ShowInput>({
    revisions: someOf(filledText), paths: someOf(filledText), detail: optional(oneOf('record', 'files', 'patches')), contextLines: optional(count),
    ignoreSpace: optional(flag), renames: optional(flag), mergePatches: optional(flag), decorate: optional(flag), contents: optional(oneOf('bytes', 'text')),
  }),
  run: streamShow,
}

async function* streamShow(repo: Repo, input: ShowInput): AsyncGenerator<ShowItem> {
  const readAtom = await makeAtomReader(repo, input)
  for (const text of input.revisions.length === 0 ? ['HEAD'] : input.revisions) yield* showOne(repo, { text, readAtom, contents: input.contents ?? 'bytes' })
}

interface Shown {
  readonly text: string
  readonly readAtom: ReadAtom
  readonly contents: 'bytes' | 'text'
}
type ReadAtom = (seq: number) => ShowItem

async function* showOne(repo: Repo, shown: Shown): AsyncGenerator<ShowItem> {
  const { text, readAtom } = shown
  const context = resolveContext(repo)
  const set = parseRevisionSet(text)
  if (set.is !== 'one') {
    const ends = await resolveRevisionSets(context, [text])
    for (const seq of walk(repo.index, ends.starts, { hide: ends.hide })) yield readAtom(seq)
    return
  }
  if (set.revision.path !== null) {
    yield* await showPath(repo, set.revision, shown)
    return
  }
  yield* showObject(repo, await resolveObject(context, text), shown)
}

/** Follows tags to what they name, one after the other: a chain of them may be long. */
function* showObject(repo: Repo, start: ObjectId, shown: Shown): Generator<ShowItem> {
  let id: ObjectId | undefined = start
  while (id !== undefined) id = yield* showStep(repo, id, shown)
}

/** Returns what is to be shown next: the target of a tag. */
function* showStep(repo: Repo, id: ObjectId, shown: Shown): Generator<ShowItem, ObjectId | undefined> {
  const { text, readAtom } = shown
  const seq = codecOf(id) === 'dag-cbor' ? repo.index.getSeq(digestOf(id)) : undefined
  if (seq !== undefined) {
    yield readAtom(seq)
    return undefined
  }
  const bytes = repo.objects.getObject(id)
  if (bytes === undefined) throw new AtomError('OBJECT_NOT_FOUND', `there is no object ${digestOf(id)} here`, { data: { id: digestOf(id) } })
  if (codecOf(id) === 'raw') {
    yield* fileItems(repo, shown, { path: null, entry: { mode: FILE_MODE, link: id } })
    return undefined
  }
  const opened = openAny(bytes)
  if (opened.kind === 'file') yield* fileItems(repo, shown, { path: null, entry: { mode: FILE_MODE, link: id } })
  else if (opened.kind === 'tree') yield folderItem(repo, id, text)
  else if (opened.kind === 'tag') {
    yield { is: 'tag', tag: opened.value, object: id }
    return opened.value.target
  } else yield { is: 'other', object: id, opened }
  return undefined
}

/** A path means the project's, `~/…` or `/…`, else as trees hold it: `home/x`. */
async function showPath(repo: Repo, revision: Revision, shown: Shown): Promise<Iterable<ShowItem>> {
  const { node, tree } = await treeAt(repo, revision)
  const typed = revision.path ?? ''
  for (const path of typed === '' ? [''] : [pathInTree(typed), typed]) {
    const entry = getEntry(repo.objects, tree, path)
    if (entry !== undefined) return entry.mode === FOLDER_MODE ? [folderItem(repo, entry.link, shown.text)] : fileItems(repo, shown, { path: displayPath(path), entry })
  }
  throw new AtomError('PATH_NOT_FOUND', `there is no ${typed} in ${node.atomId}`, { data: { path: typed, revision: shown.text }, hint: `atom ls-tree ${node.atomId} lists what is there` })
}

async function treeAt(repo: Repo, revision: Revision): Promise<{ readonly node: IndexNode; readonly tree: ObjectId }> {
  const node = repo.index.node(await resolveRevision(resolveContext(repo), revision))
  return { node, tree: readObject(repo.objects, node.id, 'atom').tree }
}

interface FileToShow { readonly path: string | null; readonly entry: TreeEntry }

const TEXT_MAX_BYTES = 67_108_864

function* fileItems(repo: Repo, { contents }: Shown, { path, entry }: FileToShow): Generator<ShowItem> {
  const sizeBytes = contentSizeBytes(repo.objects, entry.link)
  const item = { is: 'file', path, object: entry.link, mode: entry.mode, sizeBytes } as const
  if (contents === 'text') {
    yield { ...item, text: sizeBytes > TEXT_MAX_BYTES ? null : getText(readContent(repo.objects, entry.link)) ?? null }
    return
  }
  yield item
  for (const bytes of contentChunks(repo.objects, entry.link)) yield { is: 'content', bytes }
}

function folderItem(repo: Repo, id: ObjectId, title: string): ShowItem {
  const names = [...readFolder(repo.objects, id)].map(([name, entry]) => ({ name, entry })).sort((left, right) => compareText(left.name, right.name))
  return { is: 'folder', title, object: id, names }
}

const EXCERPT_BYTES = 4_096

async function makeAtomReader(repo: Repo, input: ShowInput): Promise<ReadAtom> {
  const read = await makeEntryReader(repo, {
    detail: input.detail ?? 'patches', decorate: input.decorate, contextLines: input.contextLines, ignoreSpace: input.ignoreSpace, hasAllRenames: input.renames === true,
    paths: input.paths.map((typed) => trackedPathOf(repo, typed)), mergePatches: input.mergePatches === true ? 'first-parent' : 'none',
  })
  return (seq) => {
    const entry = read({ seq })
    return {
      is: 'atom', entry,
      evidence: (entry.record?.body?.evidence ?? []).map((evidence) => evidenceView(repo, evidence)),
      influences: (entry.record?.influences ?? []).map(({ object, atomId }) => {
        const known = repo.index.getSeq(object)
        return { object, atomId, title: known === undefined ? undefined : getTitle(repo, known) }
      }),
    }
  }
}

function evidenceView(repo: Repo, evidence: Evidence): EvidenceView {
  if (evidence.content === undefined) return { evidence, isForgotten: false }
  const bytes = repo.objects.getObject(evidence.content)
  if (bytes === undefined) return { evidence, isForgotten: true }
  const sizeBytes = contentSizeBytes(repo.objects, evidence.content)
  const excerpt = excerptOf(contentChunks(repo.objects, evidence.content))
  return { evidence, sizeBytes, isForgotten: false, ...(excerpt !== undefined && { excerpt }) }
}

/** Returns the beginning of a content as text, cut between two characters; undefined when it is not text. */
function excerptOf(chunks: Iterable<Uint8Array>): string | undefined {
  for (const chunk of chunks) {
    const start = chunk.subarray(0, EXCERPT_BYTES)
    if (start.includes(0)) return undefined
    // The cut may have split the last character, which has at most four bytes.
    for (let end = start.length; end > start.length - 4 && end >= 0; end--) {
      const text = getText(start.subarray(0, end))
      if (text !== undefined && (end === start.length || chunk.length > EXCERPT_BYTES)) return text
    }
    return undefined
  }
  return ''
}
