/** A file system of a size, for what happens when there is no room left. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk extends Disposable {
  readonly folder: string
  /** `size` as mount takes it: 64m. */
  resize(size: string): void
}

/** Mounts one; undefined where this user may not. */
function mount(size: string): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'atom-disk-'))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return undefined
  }
  return {
    folder,
    resize: (other) => { spawnSync('mount', ['-o', `remount,size=${other}`, folder]) },
    [Symbol.dispose]() {
      spawnSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Tells whether `smallDisk` works here, and says what is skipped where it does not. */
export function hasSmallDisks(skipped: string): boolean {
  const disk = process.platform === 'linux' && process.getuid?.() === 0 ? mount('1m') : undefined
  disk?.[Symbol.dispose]()
  if (disk === undefined) console.warn(`skipped: ${skipped} (no leave to mount a tmpfs here)`)
  return disk !== undefined
}

/** Returns an empty disk; disposing takes it away with all that is on it. */
export function smallDisk(size: string): SmallDisk {
  const disk = mount(size)
  if (disk === undefined) throw new Error('no tmpfs can be mounted here')
  return disk
}
