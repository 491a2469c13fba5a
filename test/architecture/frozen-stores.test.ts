import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findFolder, FORMAT_VERSION } from '../../src/app/folder.js'
import { toHex } from '../../src/base/bytes.js'
import { sha256 } from '../../src/codec/hash.js'
import { silentReporter } from '../../src/base/ports.js'
import { resolveAtom } from '../../src/history/resolve.js'
import { verifyStore } from '../../src/history/verify/verify.js'
import { createTrailIndex } from '../../src/index/trail-index.js'
import { operations } from '../../src/refs/operation-log.js'
import { openLevelStore } from '../../src/store/level/level-store.js'
import { objectsOf } from '../../src/store/objects.js'
import type { Store } from '../../src/store/types.js'
import { toAtomJson } from '../../src/trail/atom-json.js'
import { readRecord } from '../../src/trail/record.js'
import { seededRandom } from '../helpers/memory-repo.js'
import { ROOT } from './sources.js'

const STORES = join(ROOT, 'fixtures/stores')
const scratch = mkdtempSync(join(tmpdir(), 'atom-frozen-'))
afterAll(() => { rmSync(scratch, { recursive: true, force: true }) })

/** Opens a copy: opening a LevelDB writes to it. */
async function open(version: string, name: string): Promise<Store> {
  const folder = join(scratch, version, name)
  cpSync(join(STORES, version, name), folder, { recursive: true })
  expect(findFolder({ cwd: scratch, env: { ATOM_DIR: folder, HOME: scratch } }).path).toBe(folder)
  return openLevelStore(join(folder, 'store'))
}

const versions = readdirSync(STORES)

it('every version of the format has one', () => {
  expect(versions).toEqual(Array.from({ length: FORMAT_VERSION }, (_, at) => `v${String(at + 1)}`))
})

describe.each(versions)('the frozen stores of %s', (version) => {
  const names = readdirSync(join(STORES, version)).filter((name) => !name.endsWith('.records'))
  it.each(names)('%s: opens, holds what it held, verifies clean, and is read as on its first day', async (name) => {
    const store = await open(version, name)
    try {
      const lines: string[] = []
      for await (const list of store.scan({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })) for (const [key, value] of list) lines.push(`${toHex(key)} ${value.length > 256 ? `sha256:${toHex(sha256(value))}` : toHex(value)}`)
      expect(lines).toEqual(readFileSync(join(STORES, version, `${name}.records`), 'utf8').trimEnd().split('\n'))
      const result = await verifyStore({ records: store, random: seededRandom('frozen'), reporter: silentReporter, signal: new AbortController().signal })
      expect(result.findings.filter(({ severity }) => severity === 'error')).toEqual([])
      expect(result.ok).toBe(true)
      const index = createTrailIndex(store)
      const source = { objects: objectsOf(store), index }
      const context = { store, index, nowMs: Date.UTC(2024, 10, 28) }
      const shown = []
      for (const revision of ['HEAD', 'HEAD~20', 'side', 'v1', 'main~20^2', 'light', ':/shaders', 'main@{20}', 'ATOM-CFG-20241127-003']) {
        const { files, title, ...atom } = toAtomJson(readRecord(source, await resolveAtom(context, revision), { files: 'include' }))
        shown.push({ revision, ...atom, metadata: JSON.stringify(atom.metadata).length, title: title?.slice(0, 40), files: files.length })
      }
      expect({ root: result.root, atoms: result.atoms, ops: [...operations(store)].length, shown }).toMatchSnapshot()
    } finally {
      await store.close()
    }
  })
})
