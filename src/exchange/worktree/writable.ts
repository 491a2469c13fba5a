/** Which names can be files on this machine. Recordable is judged everywhere alike; writable is not. */
import { lstatSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { TrackedPath } from '../../ops/ports.js'

const RESERVED = /^(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$)$/i
// eslint-disable-next-line no-control-regex -- NTFS refuses them all
const FORBIDDEN = /[\x00-\x1f<>:"|?*\\]/
const NAME_MAX_BYTES = 255

/** Returns why a name cannot be a file's on a platform, or undefined. */
export function getNameProblem(name: string, platform: string): string | undefined {
  if (Buffer.byteLength(name) > NAME_MAX_BYTES) return `the name ${JSON.stringify(name.slice(0, 40))}… is longer than ${String(NAME_MAX_BYTES)} bytes`
  if (platform !== 'win32') return undefined
  if (RESERVED.test((name.split('.')[0] ?? '').trimEnd())) return `${JSON.stringify(name)} is a reserved name on Windows`
  if (FORBIDDEN.test(name)) return `${JSON.stringify(name)} has a character that Windows refuses in names`
  return /[. ]$/.test(name) ? `${JSON.stringify(name)} ends with a dot or space, which Windows drops` : undefined
}

/** Tells whether names that differ only in case are one file in a folder: asked of the nearest parent whose name has letters. */
export function ignoresCase(folder: string): boolean {
  for (let path = folder; dirname(path) !== path; path = dirname(path)) {
    const name = basename(path)
    const swapped = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase()
    if (swapped === name) continue
    const itself = lstatSync(path, { throwIfNoEntry: false })
    const other = lstatSync(join(dirname(path), swapped), { throwIfNoEntry: false })
    if (itself !== undefined) return other !== undefined && other.ino === itself.ino && other.dev === itself.dev
  }
  return process.platform === 'win32' || process.platform === 'darwin'
}

/** Returns, of paths that a case-insensitive disk takes for one, all but the first, each with the one it clashes with. */
export function findCaseClashes(paths: Iterable<TrackedPath>): ReadonlyMap<TrackedPath, TrackedPath> {
  const clashes = new Map<TrackedPath, TrackedPath>()
  const files = new Map<string, TrackedPath>()
  const folders = new Map<string, TrackedPath>()
  for (const path of paths) {
    const folded = foldCase(path)
    const parents = folded.split('/').slice(0, -1).map((_, index, all) => all.slice(0, index + 1).join('/'))
    const first = files.get(folded) ?? folders.get(folded) ?? parents.map((parent) => files.get(parent)).find((found) => found !== undefined)
    if (first !== undefined) {
      clashes.set(path, first)
      continue
    }
    files.set(folded, path)
    for (const parent of parents) if (!folders.has(parent)) folders.set(parent, path)
  }
  return clashes
}

function foldCase(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC')
}
