/** Names of refs as paths: none may be a folder of another, as in git, whose loose refs are files. */
import { AtomError } from '../base/errors.js'
import { shortRefName } from './name.js'

/** Throws `REF_EXISTS` for the first new name that is a folder of another or lies below one. `names` are all there are, the new ones among them. */
export function checkNesting(made: readonly string[], names: ReadonlySet<string>): void {
  const inside = new Map<string, string>()
  for (const name of names) for (const folder of foldersOf(name)) inside.set(folder, name)
  for (const ref of made) {
    const other = inside.get(ref) ?? foldersOf(ref).find((folder) => names.has(folder))
    if (other === undefined) continue
    throw new AtomError('REF_EXISTS', `${shortRefName(ref)} cannot stand beside ${shortRefName(other)}: one would be a folder of the other`, { data: { name: shortRefName(other) }, hint: 'take another name' })
  }
}

/** Names as they fill up: what may still be made beside them. */
export interface TakenNames {
  /** Tells whether a name is neither taken, nor a folder of one that is, nor below one. */
  isFree(name: string): boolean
  /** Tells whether a name was taken after the first ones. */
  isNew(name: string): boolean
  take(name: string): void
}

export function takenNames(names: Iterable<string>): TakenNames {
  const taken = new Set<string>()
  const folders = new Set<string>()
  const take = (name: string): void => {
    taken.add(name)
    for (const folder of foldersOf(name)) folders.add(folder)
  }
  for (const name of names) take(name)
  const made = new Set<string>()
  return { take: (name) => { take(name); made.add(name) }, isNew: (name) => made.has(name), isFree: (name) => !taken.has(name) && !folders.has(name) && !foldersOf(name).some((folder) => taken.has(folder)) }
}

/** Returns `refs/heads` and `refs/heads/a` for refs/heads/a/b. */
function foldersOf(name: string): readonly string[] {
  const folders: string[] = []
  for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) folders.push(name.slice(0, slash))
  return folders
}
