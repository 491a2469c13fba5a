/** The files beside the store that repeat what is in it: trail.log, the spool and the mirrors of git remotes. */
import { closeSync, createReadStream, fsyncSync, lstatSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { SideFiles } from '../ops/ports.js'
import { clearUnfinishedLogs, trailLogFiles } from '../views/trail-log/files.js'
import { textSearch } from './data/text-search.js'

const MIRRORS = 'git'
const TITLE_FIELD = 5
const FORGOTTEN = '(forgotten)'
const PART_CHARACTERS = 1_048_576

/** The last rewrite of each trail.log, by its folder: two at once would write into one new file. */
const rewriting = new Map<string, Promise<unknown>>()

export function createSideFiles(folder: string): SideFiles {
  return {
    async trailLog() {
      const paths = trailLogFiles(folder)
      return paths.length === 0 ? undefined : linesOf(paths)
    },
    async erase({ atoms, texts }) {
      return [...await inTurn(folder, () => eraseFromLogs(folder, atoms)), ...eraseSpooled(folder, texts), ...eraseMirrors(folder)]
    },
  }
}

/** Runs work on a folder after what was asked for before it, whatever became of that. */
async function inTurn<Value>(folder: string, work: () => Promise<Value>): Promise<Value> {
  const turn = (rewriting.get(folder) ?? Promise.resolve()).then(work, work)
  rewriting.set(folder, turn)
  try {
    return await turn
  } finally {
    if (rewriting.get(folder) === turn) rewriting.delete(folder)
  }
}

/** Removes the mirrors of git remotes: made again without what was erased when they are next used. */
function eraseMirrors(folder: string): readonly string[] {
  const path = join(folder, MIRRORS)
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return []
  rmSync(path, { recursive: true, force: true })
  return [MIRRORS]
}

async function* linesOf(paths: readonly string[]): AsyncIterable<string> {
  for (const path of paths) yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })
}

/** Returns what is there if it is a plain file: what a link leads to is not ours. */
function getPlain(path: string): { readonly mode: number; readonly size: number } | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true ? found : undefined
}

/** Takes the titles of ATOMs out of trail.log and the full logs before it. */
async function eraseFromLogs(folder: string, atoms: ReadonlySet<string>): Promise<readonly string[]> {
  if (atoms.size === 0) return []
  clearUnfinishedLogs(folder)
  const changed: string[] = []
  for (const path of trailLogFiles(folder)) if (await eraseTitles(path, atoms)) changed.push(basename(path))
  return changed
}

/**
 * Takes titles out of one log: a new file in place of the old one, whole at every moment. A line at a time: the log may be long. Lines that
 * others append meanwhile may be missing from the new one: who follows it next writes them again, from what the store then holds.
 */
async function eraseTitles(path: string, atoms: ReadonlySet<string>): Promise<boolean> {
  const fresh = `${path}.new`
  const descriptor = openSync(fresh, 'wx', lstatSync(path).mode)
  let isChanged = false
  try {
    let lines = ''
    for await (const line of linesOf([path])) {
      const erased = withoutTitle(line, atoms)
      isChanged ||= erased !== line
      lines += `${erased}\n`
      if (lines.length < PART_CHARACTERS) continue
      writeAll(descriptor, lines)
      lines = ''
    }
    writeAll(descriptor, lines)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  if (isChanged) renameSync(fresh, path)
  else rmSync(fresh)
  return isChanged
}

function withoutTitle(line: string, atoms: ReadonlySet<string>): string {
  const fields = line.split('\t')
  return atoms.has(fields[1] ?? '') ? [...fields.slice(0, TITLE_FIELD), FORGOTTEN].join('\t') : line
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
}

/** Removes spool files, also refused ones, that hold one of the texts. */
function eraseSpooled(folder: string, texts: readonly Uint8Array[]): readonly string[] {
  if (texts.length === 0 || lstatSync(join(folder, 'spool'), { throwIfNoEntry: false })?.isDirectory() !== true) return []
  const holdsOne = textSearch(texts)
  const removed: string[] = []
  for (const entry of readdirSync(join(folder, 'spool'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const found = getPlain(path)
    if (found === undefined || !holdsOne(path, found.size)) continue
    rmSync(path)
    removed.push(path.slice(folder.length + 1))
  }
  return removed
}
