import { openMemoryRemote } from '../../../src/exchange/memory-remote.js'
import { placeSuite } from '../../conformance/place-suite.js'
import { aMemoryPlace, memoryEndpoint } from '../../helpers/http-endpoint.js'

placeSuite({
  name: 'memory',
  make: async () => {
    const state = aMemoryPlace()
    return { remote: openMemoryRemote(state.remote), fetch: (path, init) => memoryEndpoint(state).fetch(new Request(`http://127.0.0.1${path}`, init)) }
  },
})
