import { AtomError } from '../../src/base/errors.js'
import { utf8 } from '../../src/base/bytes.js'
import type { ObjectId } from '../../src/codec/object-id.js'
import { FILE_MODE, type EntryMode, type TreeEntry } from '../../src/object/tree.js'
import type { LayoutRecord, LocalChange, PlanOptions, PlanStep, TrackedPath, Worktree } from '../../src/ops/ports.js'
import { readContent, sealContent } from '../../src/store/content.js'
import type { ObjectReader } from '../../src/store/types.js'
import { changeKind, diffTrees } from '../../src/tree/diff.js'
import { walkTree } from '../../src/tree/read.js'
import { displayPath, getPathProblem, trackedPath } from '../../src/trail/paths.js'

export interface MemoryFile { readonly mode: EntryMode; readonly bytes: Uint8Array }

/** A worktree that is a map: tracked path → file. */
export interface MemoryWorktree extends Worktree {
  readonly files: Map<TrackedPath, MemoryFile>
  /** Puts a file there as a user's editor would; `path` as typed. */
  put(path: string, content: string | Uint8Array, mode?: EntryMode): void
  remove(path: string): void
  /** Returns the text of a file; undefined when there is none. */
  text(path: string): string | undefined
}

export function createMemoryWorktree(): MemoryWorktree {
  const files = new Map<TrackedPath, MemoryFile>()
  const entryOf = (file: MemoryFile | undefined): TreeEntry | undefined => file && { mode: file.mode, link: sealContent(file.bytes).id }
  const record = (path: TrackedPath): LayoutRecord => {
    const entry = entryOf(files.get(path))
    return { path, bytes: entry === undefined ? undefined : utf8(`${entry.mode} ${entry.link}`) }
  }
  const step = (path: TrackedPath, entry: TreeEntry | undefined, measure: { readonly old: TreeEntry | undefined; readonly options: PlanOptions }): PlanStep => {
    const { old, options } = measure
    const here = entryOf(files.get(path))
    const scope = path.slice(0, path.indexOf('/'))
    const problem = getPathProblem(path.slice(scope.length + 1))
    if (changeKind({ ...(here && { before: here }), ...(entry && { after: entry }) }) === undefined) return { path, entry, work: 'none' }
    const work = entry === undefined ? 'remove' : 'write'
    if (problem !== undefined) return { path, entry, work, obstacle: 'not-writable', reason: problem }
    if (scope !== 'project' && !options.scopes.includes(scope as 'home' | 'system')) return { path, entry, work, obstacle: 'scope' }
    const isTouched = changeKind({ ...(old && { before: old }), ...(here && { after: here }) }) !== undefined
    if (isTouched && !options.force) return { path, entry, work, obstacle: old === undefined ? 'untracked' : 'local-changes' }
    return { path, entry, work }
  }
  return {
    root: '/project',
    files,
    put(path, content, mode = FILE_MODE) { files.set(locate(path), { mode, bytes: typeof content === 'string' ? utf8(content) : content }) },
    remove(path) { files.delete(locate(path)) },
    text(path) {
      const file = files.get(locate(path))
      return file && new TextDecoder().decode(file.bytes)
    },
    folder: () => 'project',
    locate,
    display: (path) => (path === 'project' ? '.' : displayPath(path)),
    async capture(path, ahead) {
      const file = files.get(path)
      if (file === undefined) return undefined
      const content = sealContent(file.bytes)
      const isLarge = content.objects.length > 1
      if (isLarge) await ahead(content.objects)
      return { path, entry: { mode: file.mode, link: content.id }, objects: isLarge ? [] : content.objects, layout: record(path) }
    },
    isFolder: async (path) => !files.has(path) && [...files.keys()].some((name) => isAtOrBelow(name, path)),
    list: async (path) => [...files.keys()].filter((name) => isAtOrBelow(name, path)).sort(),
    async changes(source, tree, { untracked, paths }) {
      const changes: LocalChange[] = []
      const wanted = (path: string): boolean => paths === undefined || paths.some((above) => isAtOrBelow(path, above))
      const tracked = entriesOf(source, tree)
      for (const [path, entry] of tracked) {
        const here = entryOf(files.get(path))
        const change = changeKind({ before: entry, ...(here && { after: here }) })
        if (change !== undefined && change !== 'add' && wanted(path)) changes.push({ path, change })
      }
      if (untracked === 'show') for (const path of files.keys()) if (!tracked.has(path) && wanted(path)) changes.push({ path, change: 'untracked' })
      return changes.sort((left, right) => (left.path < right.path ? -1 : 1))
    },
    async plan(source, options) {
      if (options.target !== undefined) throw new TypeError('the memory worktree lays out nothing elsewhere')
      const from = entriesOf(source, options.from)
      const to = entriesOf(source, options.to)
      const paths = options.files === 'changed' ? diffTrees(source, options.from, options.to).map(({ path }) => path) : [...new Set([...from.keys(), ...to.keys()])].sort()
      const { paths: only } = options
      const wanted = only === undefined ? paths : paths.filter((path) => only.some((above) => isAtOrBelow(path, above)))
      return { steps: wanted.map((path) => step(path, to.get(path), { old: from.get(path), options })) }
    },
    async apply(source, plan) {
      const done = plan.steps.filter(({ obstacle }) => obstacle === undefined)
      for (const { path, entry } of done) {
        if (entry === undefined) files.delete(path)
        else files.set(path, { mode: entry.mode, bytes: readContent(source, entry.link) })
      }
      return done.map(({ path }) => record(path))
    },
    async move(from, to, over) {
      if (files.has(to) && over === 'refuse') throw new AtomError('FILE_UNWRITABLE', `something is at ${to}`, { data: { path: to, reason: 'something is there' } })
      for (const [path, file] of [...files].filter(([name]) => isAtOrBelow(name, from))) {
        files.delete(path)
        files.set(to + path.slice(from.length), file)
      }
    },
    async write(path, bytes) {
      files.set(path, { mode: files.get(path)?.mode ?? FILE_MODE, bytes })
      return record(path)
    },
  }
}

function entriesOf(source: ObjectReader, tree: ObjectId): ReadonlyMap<TrackedPath, TreeEntry> {
  return new Map([...walkTree(source, tree)].map(({ path, mode, link }) => [path, { mode, link }]))
}

function isAtOrBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}/`)
}

/** `a/b` lies in the project, `~/x` in home, `/x` in system; `.` is the project. */
function locate(typed: string): TrackedPath {
  if (typed === '.') return 'project'
  if (typed.startsWith('/project/')) return trackedPath('project', typed.slice('/project/'.length))
  if (typed.startsWith('~/')) return trackedPath('home', typed.slice(2))
  return typed.startsWith('/') ? trackedPath('system', typed.slice(1)) : trackedPath('project', typed)
}
