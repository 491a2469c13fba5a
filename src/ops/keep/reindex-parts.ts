import type { Repo } from '../repo.js'

/** What `reindex` works on. */
export type ReindexParts = Pick<Repo, 'store' | 'objects' | 'writer' | 'reporter' | 'signal'>
