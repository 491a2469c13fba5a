import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import { createMemoryRemoteState, openMemoryRemote } from '../../src/exchange/memory-remote.js'
import { remoteSuite } from '../conformance/remote-suite.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { anId } from '../helpers/objects.js'
import { aLine, streamOf } from '../helpers/remote-objects.js'

remoteSuite({
  name: 'memory',
  make: async () => {
    const state = createMemoryRemoteState()
    return async () => openMemoryRemote(state)
  },
})

describe('the memory remote', () => {
  it('refuses bytes that are not what they are called', async () => {
    const remote = openMemoryRemote(createMemoryRemoteState())
    expect(await codeOfAsync(() => remote.put(streamOf([{ id: anId('one', 'raw'), bytes: utf8('two') }])))).toBe('REMOTE_REFUSED')
  })

  it('refuses an owner before what it owns', async () => {
    const remote = openMemoryRemote(createMemoryRemoteState())
    expect(await codeOfAsync(() => remote.put(streamOf([...aLine(2).objects].reverse())))).toBe('REMOTE_REFUSED')
  })
})
