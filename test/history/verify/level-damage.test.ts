import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAtomError } from '../../../src/base/errors.js'
import { silentReporter } from '../../../src/base/ports.js'
import { verifyStore } from '../../../src/history/verify/verify.js'
import { openLevelStore } from '../../../src/store/level/level-store.js'
import { createCountingRandom, makeSample } from './sample-store.js'

const folder = mkdtempSync(join(tmpdir(), 'atom-damage-'))
const whole = join(folder, 'whole')

beforeAll(async () => {
  const store = await openLevelStore(whole, { createIfMissing: 'yes' })
  await makeSample(store)
  await store.compact({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })
  await store.close()
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** Returns whether a damaged copy of the store is still said to be in order; `refused` where it does not open. */
async function judge(name: string): Promise<'ok' | 'found' | 'refused'> {
  try {
    const store = await openLevelStore(join(folder, name))
    try {
      const result = await verifyStore({ records: store, random: createCountingRandom(), reporter: silentReporter, signal: new AbortController().signal })
      return result.ok ? 'ok' : 'found'
    } finally {
      await store.close()
    }
  } catch (error) {
    if (isAtomError(error, 'STORE_CORRUPT')) return 'refused'
    throw error
  }
}

async function contents(path: string): Promise<string> {
  const store = await openLevelStore(path)
  const all: string[] = []
  for await (const list of store.scan({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })) for (const [key, value] of list) all.push(`${Buffer.from(key).toString('hex')}=${Buffer.from(value).toString('hex')}`)
  await store.close()
  return all.join('\n')
}

describe('a flipped byte in a table file', () => {
  it('is found, or changes nothing', async () => {
    const before = await contents(whole)
    const seen: string[] = []
    const random = createCountingRandom(7)
    for (let round = 0; round < 24; round++) {
      const name = `copy-${String(round)}`
      cpSync(whole, join(folder, name), { recursive: true })
      const tables = readdirSync(join(folder, name)).filter((file) => file.endsWith('.ldb')).sort()
      const table = join(folder, name, tables[round % tables.length] as string)
      const bytes = readFileSync(table)
      const [high = 0, middle = 0, low = 0] = random.bytes(3)
      const at = ((high << 16) | (middle << 8) | low) % bytes.length
      bytes[at] = (bytes[at] as number) ^ 0x10
      writeFileSync(table, bytes)
      const verdict = await judge(name)
      seen.push(verdict)
      if (verdict === 'ok') expect(await contents(join(folder, name))).toBe(before)
      rmSync(join(folder, name), { recursive: true, force: true })
    }
    expect(seen).toContain('found')
  })
})
