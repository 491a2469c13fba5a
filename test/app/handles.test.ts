import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockTimeoutMs, openGuarded } from '../../src/app/handles.js'
import { makePlace } from '../fault/kit.js'

describe('opening LevelDB', () => {
  it('is refused to a second user in the process, and given back when it is closed', async () => {
    await using place = await makePlace()
    const folder = join(place.folder, '.atom')
    const store = await openGuarded(folder, {})
    await expect(openGuarded(folder, {})).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    await store.close()
    expect(readdirSync(join(folder, 'run'))).toEqual([])
    await (await openGuarded(folder, {})).close()
  })

  it('takes a time limit from the environment, and refuses what is none', () => {
    expect([lockTimeoutMs({ env: {} }), lockTimeoutMs({ env: { ATOM_LOCK_TIMEOUT_MS: '5' } })]).toEqual([10_000, 5])
    expect(() => lockTimeoutMs({ env: { ATOM_LOCK_TIMEOUT_MS: 'soon' } })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error)
  })
})
