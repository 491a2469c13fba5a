/** A store as somebody loses it, and what is in it afterwards. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../src/app/library/library.js'
import { digestOf } from '../../src/codec/object-id.js'
import { formatTarget } from '../../src/object/op.js'
import { operations } from '../../src/refs/operation-log.js'
import { listRefs } from '../../src/refs/ref.js'
import { getObjectKeyId, rangeOf } from '../../src/store/keys.js'
import { openLevelStore } from '../../src/store/level/level-store.js'

export interface StoreContents {
  /** By id, as hex. */
  readonly objects: ReadonlyMap<string, string>
  readonly refs: Readonly<Record<string, string | null>>
  /** Ids, oldest first. */
  readonly ops: readonly string[]
  readonly commands: readonly string[]
}

/** Reads everything in a store that nobody has open, from a copy. */
export async function contentsOfFolder(folder: string): Promise<StoreContents> {
  const copy = mkdtempSync(join(tmpdir(), 'atom-contents-'))
  cpSync(join(folder, 'store'), copy, { recursive: true, filter: (path) => !path.endsWith('/LOCK') })
  const store = await openLevelStore(copy)
  try {
    const objects = new Map<string, string>()
    for await (const list of store.scan(rangeOf('object'))) for (const [key, value] of list) objects.set(getObjectKeyId(key) ?? '', Buffer.from(value).toString('hex'))
    const ops = [...operations(store)].reverse()
    return { objects, refs: Object.fromEntries((await listRefs(store, '')).map(({ name, target }) => [name, formatTarget(target)])), ops: ops.map(({ id }) => digestOf(id)), commands: ops.map(({ op }) => op.command) }
  } finally {
    await store.close()
    rmSync(copy, { recursive: true })
  }
}

/** What ATOMs of each kind a recorded trail has, the INIT with them. */
const RECORDED = { atoms: 523, decisions: 47, research: 28, fileOperations: 156, sageRuns: 12 } as const

/** Records 522 ATOMs in a store that has only its INIT: files in the project and in the home folder, decisions, research, runs of SAGE; two branches. */
export async function recordTrail(project: string, env: Readonly<Record<string, string>>): Promise<void> {
  const home = env['HOME'] as string
  await using store = await openStore(project, { env })
  mkdirSync(join(project, 'conf'), { recursive: true })
  for (let count = 0; count < RECORDED.fileOperations; count++) {
    const file = count % 10 === 0 ? '~/.profile' : `conf/${String(count % 7)}.env`
    writeFileSync(file.startsWith('~') ? join(home, '.profile') : join(project, file), `COUNT=${String(count)}\n`)
    await store.add({ type: 'CFG', title: `config ${String(count)}`, files: [file] })
  }
  for (let count = 0; count < RECORDED.decisions; count++) await store.add({ type: 'DECISION', title: `decision ${String(count)}`, reason: 'why', ...(count % 5 === 0 && { branch: 'side' }) })
  for (let count = 0; count < RECORDED.research; count++) await store.add({ type: 'RESEARCH', title: `research ${String(count)}` })
  for (let count = 0; count < 2 * RECORDED.sageRuns; count++) {
    await store.add({ type: 'SAGE', title: `step ${String(count)}`, metadata: { sage_run: `run-${String(count >> 1)}` }, evidence: [{ name: 'fps', phase: 'before', value: count }, { name: 'text', phase: 'after', content: new TextEncoder().encode(`out ${String(count)}`) }] })
  }
  const rest = RECORDED.atoms - 1 - RECORDED.fileOperations - RECORDED.decisions - RECORDED.research - 2 * RECORDED.sageRuns
  for (let count = 0; count < rest; count++) await store.add({ type: 'TASK', title: `task ${String(count)}` })
}

/** What somebody has after the disk was wiped: nothing. */
export function wipe(project: string, home: string): void {
  rmSync(project, { recursive: true })
  rmSync(join(home, '.profile'), { force: true })
  mkdirSync(project)
  if (existsSync(join(project, '.atom'))) throw new Error('it is still there')
}
