import { lstatSync, lutimesSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimStore } from '../../../src/app/owner/guard.js'
import { thisProcess } from '../../../src/app/owner/process-name.js'
import { beginWait, countAhead } from '../../../src/app/owner/queue.js'

let run = ''
beforeEach(() => { run = mkdtempSync(join(tmpdir(), 'atom-queue-')) })
afterEach(() => { rmSync(run, { recursive: true, force: true }) })

const [, , space = ''] = thisProcess().split(' ')
/** Somebody else waits, who died since: seen to look just now, so nobody asks. */
function another(sinceMs: number, namespace = space): string {
  const path = join(run, `wait-${String(sinceMs)}-999999999-1-${namespace}`)
  symlinkSync('x', path)
  return path
}

describe('the queue', () => {
  it('keeps the store from whoever has waited less than somebody who looked just now', () => {
    another(1_000)
    expect([countAhead(run, 999), countAhead(run, 1_000), countAhead(run, 1_001)]).toEqual([0, 0, 1])
    expect(() => claimStore(run, run, 2_000)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }) as Error)
    claimStore(run, run, 500).release()
  })

  it('waits for nobody who did not look for a moment, and takes away what the dead left', () => {
    const path = another(1_000)
    lutimesSync(path, 1, 1)
    expect(countAhead(run, 2_000)).toBe(0)
    expect(readdirSync(run)).toEqual([])
  })

  it('does not count one of another pid namespace, who cannot be told from any other', () => {
    another(1_000, '12345')
    expect(countAhead(run, 2_000)).toBe(0)
  })

  it('is joined by whoever waits for a while, is left when the wait ends, and one is not ahead of oneself', async () => {
    const wait = beginWait(run)
    wait.inVain()
    expect([readdirSync(run), wait.pauseMs() <= 9]).toEqual([[], true])
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(wait.waitedMs()).toBeGreaterThan(50)
    wait.inVain()
    const [mark = ''] = readdirSync(run)
    expect(mark).toMatch(new RegExp(`^wait-${String(wait.sinceMs)}-${String(process.pid)}-`))
    expect([countAhead(run, Infinity), wait.pauseMs() <= 2]).toEqual([0, true])
    lutimesSync(join(run, mark), 1, 1)
    wait.inVain()
    expect(lstatSync(join(run, mark)).mtimeMs).toBeGreaterThan(1_000)
    for (let ahead = 0; ahead < 20; ahead++) another(ahead)
    const pauses = Array.from({ length: 50 }, () => wait.pauseMs())
    expect([Math.min(...pauses) >= 20, Math.max(...pauses) <= 30]).toEqual([true, true])
    wait.end()
    wait.end()
    expect(readdirSync(run)).not.toContain(mark)
  })

  it('is no condition: without a folder to mark it in, one waits all the same', async () => {
    const wait = beginWait(join(run, 'nowhere'))
    await new Promise((resolve) => setTimeout(resolve, 60))
    wait.inVain()
    expect(wait.pauseMs()).toBeLessThanOrEqual(2)
    wait.end()
  })
})
