/** The three scopes that lie at the root of every tree, and the names of their files as people see them. */

export const PROJECT = 'project/'
export const HOME = 'home/'
export const SYSTEM = 'system/'

/** Returns a tracked path as people see it: `a.env`, `~/x`, `/etc/x`. */
export function displayPath(path: string): string {
  if (path.startsWith(PROJECT)) return path.slice(PROJECT.length)
  if (path.startsWith(HOME)) return `~/${path.slice(HOME.length)}`
  if (path.startsWith(SYSTEM)) return `/${path.slice(SYSTEM.length)}`
  return path
}

/** Returns the path in a tree of what was typed behind `REV:`, from the project's root whatever folder the user stands in; '' is the whole tree. */
export function pathInTree(typed: string): string {
  const path = typed === '~' || typed.startsWith('~/') ? HOME + typed.slice(2) : typed.startsWith('/') ? SYSTEM + typed.slice(1) : PROJECT + typed.replace(/^(?:\.\/)+/, '')
  return typed === '' ? '' : path.replace(/\/+$/, '')
}

/** Returns a tracked path as somebody types it who stands in a folder of the project (`project`, `project/sub`): `b.env`, `../a.env`. Other scopes as `displayPath`. */
export function pathSeenFrom(folder: string, path: string): string {
  if (!path.startsWith(PROJECT)) return displayPath(path)
  const [from, to] = [folder.split('/'), path.split('/')]
  const shared = from.findIndex((segment, at) => segment !== to[at])
  const common = shared < 0 ? from.length : shared
  const seen = [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/')
  return seen === '' ? './' : seen
}

/** Returns the path in a tree of what was typed in a folder of the project; undefined for what lies above the project. */
export function pathTypedIn(folder: string, typed: string): string | undefined {
  if (typed === '~' || typed.startsWith('~/') || typed.startsWith('/')) return pathInTree(typed)
  const segments = folder.split('/')
  for (const segment of typed.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
    if (segments.length === 0) return undefined
  }
  return segments.join('/')
}
