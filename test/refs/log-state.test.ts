import { expect, it } from 'vitest'
import { encodeLogState, getLogState, readLogState } from '../../src/refs/log-state.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { META } from '../../src/store/objects.js'
import { anId, codeOf } from '../helpers/objects.js'

it('comes back as it was written', () => {
  for (const state of [{ atoms: 0, ops: 0 }, { atoms: 1, ops: 2, tip: anId('op') }, { atoms: 0xffffffff, ops: 0xfffffffe, tip: anId('op') }]) expect(getLogState(encodeLogState(state))).toEqual(state)
})

it('is empty where there is none, and STORE_CORRUPT where it cannot be read', async () => {
  const store = createMemoryStore()
  expect(readLogState(store)).toEqual({ atoms: 0, ops: 0 })
  await store.write({ puts: [[META.log, Uint8Array.of(1, 2, 3)]], deletes: [] }, 'sync')
  expect(codeOf(() => readLogState(store))).toBe('STORE_CORRUPT')
})
