import { createMemoryStore } from '../../src/store/memory-store.js'
import { storeSuite } from '../conformance/store-suite.js'

storeSuite({ name: 'memory', make: async () => createMemoryStore() })
