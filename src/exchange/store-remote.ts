/** Another store on this machine as a remote that can only be read: somebody works in it, so its branches are for them to move. */
import { toHex } from '../base/bytes.js'
import { objectId, type ObjectId } from '../codec/object-id.js'
import type { Repo } from '../ops/repo.js'
import { readLogState } from '../refs/log-state.js'
import { FORGOTTEN, HEADS, OPS, TAGS } from '../refs/name.js'
import { getHeadBranch, listRefs } from '../refs/ref.js'
import { META } from '../store/objects.js'
import { followLinks } from './follow-links.js'
import type { Remote } from './remote.js'
import { refusedBy } from './remote-errors.js'

export interface OpenStore extends Pick<Repo, 'store' | 'objects'>, AsyncDisposable {
  /** How messages call it. */
  readonly location: string
}

/** Closing it closes the store. */
export function storeRemote({ store, objects, location, ...opened }: OpenStore): Remote {
  const readOnly = (): never => {
    throw refusedBy(location, 'it is a store that is worked in, and is only read from here: fetch from there instead')
  }
  return {
    location,
    async refs() {
      const refs = new Map<string, ObjectId>()
      for (const prefix of [HEADS, TAGS, FORGOTTEN, OPS]) {
        for (const { name, target } of await listRefs(store, prefix)) if (target.is === 'object') refs.set(name, objectId(target.digest, 'dag-cbor'))
      }
      const { tip } = readLogState(store)
      if (tip !== undefined) refs.set(OPS + toHex(store.getRecord(META.store) ?? new Uint8Array(0)), tip)
      return { refs, head: getHeadBranch(store) }
    },
    missing: async (ids) => ids.filter((id) => objects.getObject(id) === undefined),
    get: (ids, { isHere }) => followLinks({ read: async (id) => objects.getObject(id), isHere }, ids),
    put: async () => readOnly(),
    updateRefs: async () => readOnly(),
    forget: async () => readOnly(),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}
