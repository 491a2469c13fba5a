import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { eraseTitle } from '../../../src/index/titles.js'
import { objectKey } from '../../../src/store/keys.js'
import { followerSuite } from '../../conformance/follower-suite.js'
import { createTrailLog, followTrailLog, rewriteTrailLog } from '../../../src/views/trail-log/follow.js'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'atom-log-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

const file = (): string => join(folder, 'trail.log')
const lines = (): string[] => readFileSync(file(), 'utf8').split('\n').slice(0, -1)
const titles = (): (string | undefined)[] => lines().map((line) => line.split('\t')[5])

async function three(): Promise<MemoryRepo> {
  const repo = await aRepo()
  await repo.add({ title: 'one' })
  await repo.add({ title: 'two\twith\nall\\\u001b[31m' })
  return repo
}

describe('trail.log', () => {
  it('has one escaped line for each ATOM, appended as they come', async () => {
    const repo = await three()
    await followTrailLog(folder, repo)
    expect(lines()[1]).toBe(`2024-11-27T10:00:00.000Z\t${repo.index.node(1).digest}\tATOM-DECISION-20241127-002\ttester\tsave_decision\tone`)
    expect(titles()[2]).toBe('two\\twith\\nall\\\\\\u{1b}[31m')
    await repo.add({ title: 'three' })
    await followTrailLog(folder, repo)
    await followTrailLog(folder, repo)
    expect(lines()).toHaveLength(4)
  })

  it('repairs a torn last line and catches up', async () => {
    const repo = await three()
    await followTrailLog(folder, repo)
    const whole = readFileSync(file(), 'utf8')
    truncateSync(file(), whole.length - 10)
    await followTrailLog(folder, repo)
    expect(readFileSync(file(), 'utf8')).toBe(whole)
    writeFileSync(file(), '2024')
    await followTrailLog(folder, repo)
    expect(readFileSync(file(), 'utf8')).toBe(whole)
  })

  it('keeps lines that name nothing here, as evidence, and goes on behind them', async () => {
    const repo = await three()
    await followTrailLog(folder, repo)
    const whole = readFileSync(file(), 'utf8')
    const lost = whole.split('\n')[1]?.replace(/\t[0-9a-f]{64}\t/, `\t${'0'.repeat(64)}\t`)
    appendFileSync(file(), `${lost ?? ''}\nnot a line\n`)
    await repo.add({ title: 'next' })
    await followTrailLog(folder, repo)
    await followTrailLog(folder, repo)
    expect(titles()).toEqual(['Start of demo', 'one', expect.anything(), 'one', undefined, 'next'])
    expect(readFileSync(file(), 'utf8').startsWith(whole)).toBe(true)
  })

  it('is made again after something was forgotten', async () => {
    const repo = await three()
    const { atom } = await repo.add({ title: 'secret' })
    await followTrailLog(folder, repo)
    const whole = readFileSync(file())
    await repo.writer.transact({ agent: 'tester', command: 'forget' }, (tx) => {
      tx.deleteRecord(objectKey(atom.header.body))
      eraseTitle(tx, atom.seq)
    })
    repo.index.dropTitles()
    // What is left of one that was killed is taken away with it.
    writeFileSync(`${file()}.new`, whole)
    await rewriteTrailLog(folder, repo)
    expect(titles()).toEqual(['Start of demo', 'one', expect.anything(), '(forgotten)'])
    expect(readdirSync(folder)).toEqual(['trail.log'])
  })

  it('catches up with thousands, and cuts a title of megabytes', async () => {
    const repo = await aRepo()
    for (let count = 0; count < 1_200; count++) await repo.draft({ body: { title: `n ${String(count)}` } })
    await repo.add({ title: '🎮'.repeat(1_000_000) })
    await followTrailLog(folder, repo)
    expect(lines()).toHaveLength(1_202)
    expect(titles()[1_201]?.length).toBeLessThan(1_010)
  })
})

followerSuite({ name: 'trail.log', make: createTrailLog, contents: async (place) => readFileSync(join(place, 'trail.log'), 'utf8') })
