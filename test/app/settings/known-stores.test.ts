import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { knownStores, noteStore } from '../../../src/app/settings/known-stores.js'

let home = ''
beforeEach(() => { home = mkdtempSync(join(tmpdir(), 'atom-known-')) })
afterEach(() => rmSync(home, { recursive: true, force: true }))

function aStore(name: string): string {
  const path = join(home, name, '.atom')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'format'), 'atom 1\n')
  return path
}

describe('the stores that were opened', () => {
  it('are noted once each, and those that are gone are left out', () => {
    const [one, two] = [aStore('one'), aStore('ünï two')]
    const env = { HOME: home }
    for (const path of [two, one, one]) noteStore(path, env)
    noteStore(join(home, 'never/.atom'), env)
    expect(knownStores(env)).toEqual([one, two].sort())
    expect(readdirSync(join(home, '.local/state/atom/stores'))).toHaveLength(3)
    rmSync(one, { recursive: true })
    expect(knownStores(env)).toEqual([two])
  })

  it('are noted where XDG_STATE_HOME says, and nowhere without a home', () => {
    const one = aStore('one')
    noteStore(one, { XDG_STATE_HOME: join(home, 'state') })
    expect(knownStores({ XDG_STATE_HOME: join(home, 'state') })).toEqual([one])
    noteStore(one, {})
    expect(knownStores({})).toEqual([])
    expect(knownStores({ HOME: home })).toEqual([])
  })

  it('are not noted where nothing can be written, and no use of a store fails for it', () => {
    writeFileSync(join(home, 'file'), '')
    noteStore(aStore('one'), { XDG_STATE_HOME: join(home, 'file') })
    mkdirSync(join(home, 'closed'))
    chmodSync(join(home, 'closed'), 0o500)
    noteStore(aStore('one'), { XDG_STATE_HOME: join(home, 'closed') })
    expect(knownStores({ XDG_STATE_HOME: join(home, 'file') })).toEqual([])
  })

  it('are noted by a digest where the path is too long for a name', () => {
    const long = aStore(`${'long/'.repeat(60)}end`)
    noteStore(long, { HOME: home })
    expect(knownStores({ HOME: home })).toEqual([long])
    expect(readdirSync(join(home, '.local/state/atom/stores'))).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.store$/)])
  })

  it('are read past what is no note of ours', () => {
    const env = { HOME: home }
    noteStore(aStore('one'), env)
    const folder = join(home, '.local/state/atom/stores')
    writeFileSync(join(folder, 'README'), 'hello')
    writeFileSync(join(folder, 'other.store'), 'not a path')
    expect(knownStores(env)).toHaveLength(1)
  })
})
