/** A project on disk with a memory store beside it, for tests of what lies between them. */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import type { ObjectId } from '../../src/codec/object-id.js'
import { createWorktree } from '../../src/exchange/worktree/worktree.js'
import { EXECUTABLE_MODE, FILE_MODE, SYMLINK_MODE, type TreeEntry } from '../../src/object/tree.js'
import type { LayoutRecord, PlanOptions, PlanStep, Worktree } from '../../src/ops/ports.js'
import { sealContent } from '../../src/store/content.js'
import { objectKey, worktreeKey } from '../../src/store/keys.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { objectsOf } from '../../src/store/objects.js'
import type { ObjectReader, RecordReader } from '../../src/store/types.js'
import { EMPTY_TREE } from '../../src/tree/read.js'
import { updateTree } from '../../src/tree/update.js'

/** A file's text, or `{ text, mode }`, or `{ link }`. */
export type FileSpec = string | Uint8Array | { readonly text: string; readonly mode: number } | { readonly link: string }
export type Files = Readonly<Record<string, FileSpec>>

export interface Bench {
  /** Holds everything: `home/project` is the root. */
  readonly base: string
  readonly home: string
  readonly root: string
  readonly worktree: Worktree
  readonly warnings: string[]
  readonly source: RecordReader & ObjectReader
  /** Writes files below the root. */
  write(files: Files): void
  /** Everything below a folder (default the root, without `.atom`), as specs. */
  read(folder?: string): Record<string, FileSpec>
  /** Stores a tree of these tracked paths. */
  tree(files: Files): Promise<ObjectId>
  /** Captures tracked paths into a tree and remembers them, as an ATOM would. */
  capture(paths: readonly string[]): Promise<ObjectId>
  remember(records: readonly LayoutRecord[]): Promise<void>
  /** Plans and applies; returns the steps. */
  layOut(from: ObjectId, to: ObjectId, options?: Partial<PlanOptions>): Promise<readonly PlanStep[]>
  with(options: Parameters<typeof createWorktree>[0] extends infer O ? Partial<O> : never): Worktree
}

/** Gives each test a fresh project. Call it inside the test. */
export function aBench(): Bench {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'atom-worktree-')))
  folders.push(base)
  const home = join(base, 'home')
  const root = join(home, 'project')
  mkdirSync(join(root, '.atom'), { recursive: true })
  const store = createMemoryStore()
  const source = { getRecord: (key: Uint8Array) => store.getRecord(key), scan: (...args: Parameters<RecordReader['scan']>) => store.scan(...args), ...objectsOf(store) }
  const warnings: string[] = []
  const reporter = { warn: (message: string) => { warnings.push(message) }, progress: () => undefined }
  const options = { root, home, cwd: root, storeFolder: join(root, '.atom'), reporter }
  const worktree = createWorktree(options)
  const putAll = (objects: readonly { readonly id: ObjectId; readonly bytes: Uint8Array }[]): Promise<void> =>
    store.write({ puts: [...new Map(objects.map((object) => [object.id, object])).values()].map(({ id, bytes }) => [objectKey(id), bytes] as const), deletes: [] }, 'sync')
  const grow = async (files: ReadonlyMap<string, TreeEntry | undefined>): Promise<ObjectId> => {
    const updated = updateTree(source, EMPTY_TREE.id, files)
    await putAll([EMPTY_TREE, ...updated.objects])
    return updated.root
  }
  const bench: Bench = {
    base, home, root, worktree, warnings, source,
    write: (files) => { for (const [path, spec] of Object.entries(files)) writeSpec(join(root, path), spec) },
    read: (folder = root) => readSpecs(folder),
    async tree(files) {
      const entries = new Map<string, TreeEntry>()
      for (const [path, spec] of Object.entries(files)) {
        const sealed = sealContent(typeof spec === 'string' ? utf8(spec) : spec instanceof Uint8Array ? spec : utf8('link' in spec ? spec.link : spec.text))
        await putAll(sealed.objects)
        const mode = typeof spec === 'object' && 'link' in spec ? SYMLINK_MODE : typeof spec === 'object' && 'mode' in spec && (spec.mode & 0o100) !== 0 ? EXECUTABLE_MODE : FILE_MODE
        entries.set(path, { mode, link: sealed.id })
      }
      return grow(entries)
    },
    async capture(paths) {
      const entries = new Map<string, TreeEntry | undefined>()
      const records: LayoutRecord[] = []
      for (const path of paths) {
        const file = await worktree.capture(path, putAll)
        if (file === undefined) continue
        await putAll(file.objects)
        entries.set(path, file.entry)
        records.push(file.layout)
      }
      await bench.remember(records)
      return grow(entries)
    },
    remember: (records) => store.write({
      puts: records.flatMap(({ path, bytes }) => (bytes === undefined ? [] : [[worktreeKey(path), bytes] as const])),
      deletes: records.flatMap(({ path, bytes }) => (bytes === undefined ? [worktreeKey(path)] : [])),
    }, 'sync'),
    async layOut(from, to, planOptions = {}) {
      const plan = await worktree.plan(source, { from, to, scopes: [], force: false, files: 'changed', ...planOptions })
      const target = planOptions.target === undefined ? {} : { target: planOptions.target }
      const records = await worktree.apply(source, plan, target)
      if (planOptions.target === undefined) await bench.remember(records)
      return plan.steps
    },
    with: (changed) => createWorktree({ ...options, ...changed }),
  }
  return bench
}

const folders: string[] = []

/** Removes what the tests of a file made. Call it once, at the top. */
export function clearBenches(): void {
  afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true }) })
}

/** Makes a file old enough that its stat data prove something. */
export function age(file: string, seconds = 60): void {
  const time = Date.now() / 1_000 - seconds
  utimesSync(file, time, time)
}

export function writeSpec(file: string, spec: FileSpec): void {
  mkdirSync(dirname(file), { recursive: true })
  if (typeof spec === 'string' || spec instanceof Uint8Array) writeFileSync(file, spec)
  else if ('link' in spec) symlinkSync(spec.link, file)
  else {
    writeFileSync(file, spec.text)
    chmodSync(file, spec.mode)
  }
}

function readSpecs(folder: string, prefix = ''): Record<string, FileSpec> {
  const found: Record<string, FileSpec> = {}
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = prefix + entry.name
    const file = join(folder, entry.name)
    if (entry.isDirectory()) Object.assign(found, path === '.atom' ? {} : readSpecs(file, `${path}/`))
    else if (entry.isSymbolicLink()) found[path] = { link: readlinkSync(file) }
    else if (entry.isFile()) found[path] = (lstatSync(file).mode & 0o100) === 0 ? readFileSync(file, 'latin1') : { text: readFileSync(file, 'latin1'), mode: 0o755 }
  }
  return Object.fromEntries(Object.entries(found).sort(([left], [right]) => (left < right ? -1 : 1)))
}
