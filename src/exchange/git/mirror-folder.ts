/** The folder of a mirror: `objects.git`, a bare repository, and `index`. Derived: deleted, it is made again from the remote. */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBareRepository } from '../../git/pack-folder.js'
import type { Store } from '../../store/types.js'
import { createLocalGit, type GitReader } from './local-git.js'
import { createMirror, type Mirror } from './mirror.js'
import { copyMirror } from './mirror-copy.js'
import { openMirrorIndex } from './mirror-index.js'

/** Where a mirror lies and how it is opened. */
export interface MirrorPlace {
  readonly folder: string
  /** Opens a store for the index, made where there is none. */
  openStore(folder: string): Promise<Store>
  /** Opens the repository for reading. */
  openReader(folder: string): GitReader
}

export interface OpenMirror extends Mirror, AsyncDisposable {}

export function repositoryOf(place: Pick<MirrorPlace, 'folder'>): string {
  return join(place.folder, 'objects.git')
}

export async function openMirror(place: MirrorPlace): Promise<OpenMirror> {
  await mkdir(place.folder, { recursive: true })
  const index = join(place.folder, 'index')
  const repository = repositoryOf(place)
  // Without both, what one of them says of the other is not true.
  if (!existsSync(index)) await rm(repository, { recursive: true, force: true })
  if (!existsSync(repository)) {
    await rm(index, { recursive: true, force: true })
    await makeBareRepository(repository)
  }
  const store = await place.openStore(index)
  const git = createLocalGit(repository, place.openReader(repository))
  return {
    ...createMirror(git, await openMirrorIndex(store)),
    async [Symbol.asyncDispose]() {
      await git[Symbol.asyncDispose]()
      await store.close()
    },
  }
}

/** Makes a mirror again in a new folder, without what its receipts name, and puts it in the old one's place. */
export async function remakeMirror(mirror: OpenMirror, place: MirrorPlace): Promise<OpenMirror> {
  const fresh = { ...place, folder: `${place.folder}.new` }
  await rm(fresh.folder, { recursive: true, force: true })
  {
    await using copy = await openMirror(fresh)
    await copyMirror(mirror, copy)
  }
  await mirror[Symbol.asyncDispose]()
  await rm(place.folder, { recursive: true, force: true })
  await rename(fresh.folder, place.folder)
  return openMirror(place)
}
