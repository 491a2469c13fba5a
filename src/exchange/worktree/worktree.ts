/** The user's files, as use cases see them. Each ability is loaded when it is first used: most commands need one of them or none. */
import { silentReporter, type Reporter } from '../../base/ports.js'
import { AtomError } from '../../base/errors.js'
import type { TrackedPath, Worktree } from '../../ops/ports.js'
import { createPlaces, type Place, type PlaceOptions } from './places.js'

export interface WorktreeOptions extends PlaceOptions {
  /** Hears of files that are left out. */
  readonly reporter?: Reporter
}

/** Returns the worktree of a store. Reads nothing yet. */
export function createWorktree(options: WorktreeOptions): Worktree {
  const places = createPlaces(options)
  const context = { places, reporter: options.reporter ?? silentReporter }
  const readPlace = (path: TrackedPath): Place => {
    const place = places.getPlace(path)
    if (place !== undefined) return place
    const reason = 'this store has no project folder'
    throw new AtomError('PATH_INVALID', `${places.display(path)} has no place on this machine: ${reason}`, { data: { path: places.display(path), reason } })
  }
  return {
    root: options.root,
    folder: () => places.folder(),
    locate: (typed) => places.locate(typed),
    display: (path) => places.display(path),
    async capture(path, ahead) {
      const { captureFile } = await import('./capture.js')
      return captureFile(places, readPlace(path), ahead)
    },
    async isFolder(path) {
      const { createLook } = await import('./look.js')
      const found = createLook().find(readPlace(path))
      return found.is === 'there' && found.stat.isDirectory()
    },
    async list(path) {
      const { listFiles } = await import('./list.js')
      return (await listFiles(context, readPlace(path))).map((file) => file.path)
    },
    async changes(source, tree, changesOptions) {
      const { findChanges } = await import('./changes.js')
      return findChanges(context, source, { tree, options: changesOptions })
    },
    async plan(source, planOptions) {
      const { planLayout } = await import('./plan.js')
      return planLayout({ ...context, options }, source, planOptions)
    },
    async apply(source, plan, applyOptions) {
      const { applyLayout } = await import('./apply.js')
      return applyLayout({ ...context, options }, source, { plan, options: applyOptions })
    },
    async write(path, bytes) {
      const { writeOne } = await import('./apply.js')
      return writeOne(places, readPlace(path), bytes)
    },
    async move(from, to, over) {
      const { moveOne } = await import('./apply.js')
      moveOne(places, { from: readPlace(from), to: readPlace(to), over, cwd: options.cwd })
    },
  }
}
