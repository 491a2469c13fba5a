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
