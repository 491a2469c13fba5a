/** What a store has at this moment, to be compared with what could be brought back. */
import { toHex } from '../../base/bytes.js'
import type { Digest } from '../../codec/object-id.js'
import { checkInput } from '../../ops/check.js'
import type { Operation } from '../../ops/operation.js'
import { readLogState } from '../../refs/log-state.js'
import { META } from '../../store/objects.js'

export interface KnownAtoms {
  /** The store's id. */
  readonly store: string
  readonly atoms: readonly { readonly object: Digest; readonly atomId: string }[]
}

export const knownAtoms: Operation<object, KnownAtoms> = {
  name: 'drill.known',
  summary: 'List every ATOM of the store',
  effect: 'read',
  errors: [],
  check: checkInput<object>({}),
  async run({ store, index }) {
    const atoms = Array.from({ length: readLogState(store).atoms }, (_, seq) => {
      const { digest, atomId } = index.node(seq)
      return { object: digest, atomId }
    })
    return { store: toHex(store.getRecord(META.store) ?? new Uint8Array(0)), atoms }
  },
}
