import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimStore } from '../../../src/app/owner/guard.js'

let folder = ''
let run = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atom-guard-'))
  run = join(folder, 'run')
})
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

const self = (): string => {
  const guard = claimStore(run, folder)
  guard.seize()
  const text = readlinkSync(join(run, 'guard'))
  guard.release()
  return text
}

describe('the second guard', () => {
  it('is made with the folder that it lies in, and leaves nothing', () => {
    const guard = claimStore(run, folder)
    guard.seize()
    expect(readdirSync(run).map((name) => name.split('-')[0])).toEqual(['claim', 'guard'])
    guard.release()
    expect(readdirSync(run)).toEqual([])
  })

  it('keeps a second user of the same process from trying', () => {
    const guard = claimStore(run, folder)
    expect(() => claimStore(run, folder)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }) as Error)
    guard.release()
    claimStore(run, folder).release()
  })

  it('is taken over from who died or came later under the same pid', () => {
    const [, , space = ''] = self().split(' ')
    symlinkSync(`${String(process.ppid)} 1 ${space}`, join(run, 'guard'))
    const guard = claimStore(run, folder)
    guard.seize()
    expect(readlinkSync(join(run, 'guard'))).toContain(String(process.pid))
    guard.release()
  })

  it('removes the claims of those who died before they had the guard', () => {
    const [pid = '', start = '', space = ''] = self().split(' ')
    symlinkSync('x', join(run, `claim-999999999-1-${space}`))
    symlinkSync('x', join(run, `claim-${pid}-1-${space}`))
    symlinkSync('x', join(run, `claim-${String(process.ppid)}-1-${space}`))
    const guard = claimStore(run, folder)
    guard.seize()
    expect(readdirSync(run)).toEqual([`claim-${pid}-${start}-${space}`, 'guard'])
    guard.release()
  })

  it.runIf(process.platform === 'linux')('is not tried for while another process that lives is about to open the store', () => {
    const [, , space = ''] = self().split(' ')
    const parent = String(process.ppid)
    const start = readFileSync(`/proc/${parent}/stat`, 'latin1').split(') ')[1]?.split(' ')[19] ?? ''
    const other = join(run, `claim-${parent}-${start}-${space}`)
    symlinkSync('x', other)
    expect(() => claimStore(run, folder)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }) as Error)
    expect(readdirSync(run)).toHaveLength(1)
    rmSync(other)
    // One of another pid namespace cannot be asked: LevelDB's lock decides.
    symlinkSync('x', join(run, `claim-${parent}-${start}-12345`))
    claimStore(run, folder).release()
  })

  it('believes one from another pid namespace for a second only', async () => {
    self()
    symlinkSync('1 1 12345', join(run, 'guard'))
    expect(() => claimStore(run, folder)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }) as Error)
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    const guard = claimStore(run, folder)
    guard.seize()
    guard.release()
    expect(readdirSync(run)).toEqual([])
  })

  it('sees somebody who came in between when it is seized', () => {
    const mine = self()
    const guard = claimStore(run, folder)
    symlinkSync(mine.replace(/ /, ' '), join(run, 'guard'))
    expect(() => { guard.seize() }).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }) as Error)
    guard.release()
  })
})
