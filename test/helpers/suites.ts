import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * Returns the folder of an independent suite; undefined when it is not on this machine, and then says so.
 * Looks under `ATOM_SUITES`, then in `../shared/suites` beside the project.
 */
export function suitePath(name: string): string | undefined {
  const roots = [process.env['ATOM_SUITES'], resolve(import.meta.dirname, '../../../shared/suites')]
  for (const root of roots) {
    if (root !== undefined && root !== '' && existsSync(join(root, name))) return join(root, name)
  }
  console.warn(`skipped: the suite ${name} is not here; set ATOM_SUITES to the folder that holds it`)
  return undefined
}

/** Returns a folder of real data that is not part of the project; undefined when it is not on this machine, and then says so. Looks under `ATOM_DATA`, then in `../shared/data` beside the project. */
export function dataPath(name: string): string | undefined {
  const roots = [process.env['ATOM_DATA'], resolve(import.meta.dirname, '../../../shared/data')]
  const found = roots.map((root) => join(root ?? '', name)).find((path, index) => (roots[index] ?? '') !== '' && existsSync(path))
  if (found === undefined) console.warn(`skipped: the data ${name} is not here; set ATOM_DATA to the folder that holds it`)
  return found
}
