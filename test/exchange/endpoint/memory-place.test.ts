import { openMemoryPlace } from '../../../src/exchange/endpoint/memory-place.js'
import { placeSuite } from '../../conformance/place-suite.js'
import { aMemoryPlace } from '../../helpers/http-endpoint.js'

placeSuite({
  name: 'memory',
  make: async () => {
    const state = aMemoryPlace()
    return async () => openMemoryPlace(state, () => 1_732_703_253_000)
  },
})
