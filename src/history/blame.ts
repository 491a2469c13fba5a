/**
 * Who wrote each line of a file: lines are handed back to the parents that already had them, ATOM by ATOM, and what no parent had stays.
 *
 * As git does it: a parent that has the whole file takes all of it; of a merge each parent takes what it had, the first one first; a file that an ATOM
 * added is looked for under the name it had before. ATOMs that did not touch the file are jumped over.
 */
import type { ObjectId } from '../codec/object-id.js'
import { SYMLINK_MODE, FOLDER_MODE } from '../object/tree.js'
import { readContent } from '../store/content.js'
import { readObject } from '../store/objects.js'
import { diffTrees } from '../tree/diff.js'
import { getEntry } from '../tree/read.js'
import { matchLines } from './content/match-lines.js'
import { readPathHistory, type PathHistory, type PathSource } from './path-history.js'
import { findRenames } from './renames.js'

export interface BlameStart {
  readonly seq: number
  readonly path: string
  /** Lines to ask about, from 0: a half-open range. */
  readonly from: number
  readonly to: number
}

/** Where a line came from; `line` counts from 0 in the file as it was there. */
export interface LineOrigin {
  readonly seq: number
  readonly path: string
  readonly line: number
}

interface Suspect {
  readonly seq: number
  readonly path: string
  /** Pairs: the line that is asked about, and where it stands in this ATOM. */
  lines: readonly (readonly [asked: number, here: number])[]
}

/** Returns the origin of each line of a range. The file MUST exist there and its contents be here; a content that is gone keeps the lines. */
export async function blame(source: PathSource, start: BlameStart): Promise<readonly LineOrigin[]> {
  const origins: LineOrigin[] = []
  const waiting = new Map<string, Suspect>()
  const histories = new Map<string, PathHistory>()
  const historyOf = async (path: string): Promise<PathHistory> => {
    const known = histories.get(path) ?? await readPathHistory(source, [path])
    histories.set(path, known)
    return known
  }
  const hand = (seq: number, path: string, lines: Suspect['lines']): void => {
    if (lines.length === 0) return
    const key = `${String(seq)} ${path}`
    const suspect = waiting.get(key)
    if (suspect === undefined) waiting.set(key, { seq, path, lines })
    else suspect.lines = [...suspect.lines, ...lines]
  }
  hand(start.seq, start.path, Array.from({ length: start.to - start.from }, (_, at) => [start.from + at, start.from + at] as const))
  for (let suspect = takeNewest(waiting); suspect !== undefined; suspect = takeNewest(waiting)) {
    const left = await handBack(source, suspect, { history: await historyOf(suspect.path), hand })
    for (const [asked, line] of left) origins[asked - start.from] = { seq: suspect.seq, path: suspect.path, line }
  }
  return origins
}

/** The newest arrival is a descendant of all that wait, or beside them: by then it has got all of its lines. */
function takeNewest(waiting: Map<string, Suspect>): Suspect | undefined {
  let newest: [string, Suspect] | undefined
  for (const entry of waiting) if (newest === undefined || entry[1].seq > newest[1].seq) newest = entry
  if (newest !== undefined) waiting.delete(newest[0])
  return newest?.[1]
}

interface Turn {
  readonly history: PathHistory
  readonly hand: (seq: number, path: string, lines: Suspect['lines']) => void
}

/** Hands the lines to the parents that had them; returns those that this ATOM wrote. */
async function handBack(source: PathSource, suspect: Suspect, { history, hand }: Turn): Promise<Suspect['lines']> {
  const [only, second] = history.graph.parents(suspect.seq)
  if (only !== undefined && second === undefined && !history.touches(suspect.seq)) {
    hand(only, suspect.path, suspect.lines)
    return []
  }
  const own = getFile(source, suspect.seq, suspect.path)
  const ownBytes = own === undefined ? undefined : getBytes(source, own)
  if (ownBytes === undefined) return suspect.lines
  let left = suspect.lines
  // Its own parents: beyond them the file may have had another name.
  for (const parent of source.index.parents(suspect.seq)) {
    const path = getFile(source, parent, suspect.path) === undefined ? renamedFrom(source, suspect, parent) : suspect.path
    const file = path === undefined ? undefined : getFile(source, parent, path)
    const bytes = file === undefined ? undefined : getBytes(source, file)
    if (path === undefined || bytes === undefined || left.length === 0) continue
    const matches = matchLines(bytes, ownBytes)
    const there = left.flatMap(([asked, here]) => (matches[here] ?? -1) < 0 ? [] : [[asked, matches[here] ?? 0] as const])
    hand(parent, path, there)
    left = left.filter(([, here]) => (matches[here] ?? -1) < 0)
  }
  return left
}

function treeOf(source: PathSource, seq: number): ObjectId {
  return readObject(source.objects, source.index.node(seq).id, 'atom').tree
}

function getFile(source: PathSource, seq: number, path: string): ObjectId | undefined {
  const entry = getEntry(source.objects, treeOf(source, seq), path)
  return entry === undefined || entry.mode === SYMLINK_MODE || entry.mode === FOLDER_MODE ? undefined : entry.link
}

function getBytes(source: PathSource, link: ObjectId): Uint8Array | undefined {
  return source.objects.getObject(link) === undefined ? undefined : readContent(source.objects, link)
}

/** Returns what a file that an ATOM added was called in a parent. */
function renamedFrom(source: PathSource, { seq, path }: Suspect, parent: number): string | undefined {
  const changes = diffTrees(source.objects, treeOf(source, parent), treeOf(source, seq))
  const own = changes.find((change) => change.path === path)
  if (own?.change !== 'add') return undefined
  const renamed = findRenames(source.objects, [own, ...changes.filter(({ change }) => change === 'delete')]).find((change) => change.path === path)
  return renamed?.change === 'rename' ? renamed.from : undefined
}
