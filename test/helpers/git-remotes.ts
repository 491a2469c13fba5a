/** Git remotes for tests: a bare repository of real git, and a mirror of it for each machine. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toHex } from '../../src/base/bytes.js'
import { silentReporter, type Reporter } from '../../src/base/ports.js'
import { objectId, type ObjectId } from '../../src/codec/object-id.js'
import { openGitRemote } from '../../src/exchange/git/git-remote.js'
import { openMirror, repositoryOf, type MirrorPlace, type OpenMirror } from '../../src/exchange/git/mirror-folder.js'
import { openSystemReader, type SystemGit } from '../../src/exchange/git/system-reader.js'
import { openSystemTransport } from '../../src/exchange/git/system-transport.js'
import type { Remote } from '../../src/exchange/remote.js'
import { opReferences, ownedLinks } from '../../src/object/links.js'
import { openAny } from '../../src/object/open.js'
import type { SealedObject } from '../../src/object/seal.js'
import { readLogState } from '../../src/refs/log-state.js'
import { FORGOTTEN, OPS, REMOTES } from '../../src/refs/name.js'
import { listRefs } from '../../src/refs/ref.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { META, objectsOf } from '../../src/store/objects.js'
import type { Store } from '../../src/store/types.js'
import { EMPTY_TREE } from '../../src/tree/read.js'
import { streamOf } from './remote-objects.js'

/** The git of this machine, with a signal of its own. */
export function systemGit(): SystemGit {
  return { git: '/usr/bin/git', env: { PATH: process.env['PATH'] }, signal: new AbortController().signal }
}

/** A mirror whose index outlives its openings, as on a disk. */
export function aMirrorPlace(folder: string): MirrorPlace {
  const stores = new Map<string, Store>()
  return {
    folder,
    async openStore(path) {
      // The folder may be renamed: what is in it says which store it is.
      const mark = join(path, 'mark')
      if (!existsSync(mark)) {
        mkdirSync(path, { recursive: true })
        writeFileSync(mark, String(stores.size))
      }
      const name = readFileSync(mark, 'utf8')
      const store = stores.get(name) ?? createMemoryStore()
      stores.set(name, store)
      return { ...store, close: () => Promise.resolve() }
    },
    openReader: (path) => openSystemReader(systemGit(), path),
  }
}

/** Opens a bare repository as a remote. */
export function openFileRemote(place: MirrorPlace, path: string, reporter: Reporter = silentReporter): Promise<Remote> {
  const system = systemGit()
  const transport = openSystemTransport({ system, folder: repositoryOf(place), url: path, location: `git+file:${path}`, path })
  return openGitRemote(transport, place, { signal: system.signal, reporter })
}

export function mirrorBelow(folder: string): MirrorPlace {
  return aMirrorPlace(join(folder, 'mirror'))
}

/** What a store would send: its refs as a remote has them, with its operation log, and every object that they need, owned before owner. */
export async function whatToSend(store: Store): Promise<{ readonly objects: readonly SealedObject[]; readonly refs: ReadonlyMap<string, ObjectId> }> {
  const reader = objectsOf(store)
  const refs = new Map<string, ObjectId>()
  for (const { name, target } of await listRefs(store, 'refs/')) if (target.is === 'object' && !name.startsWith(REMOTES)) refs.set(name, objectId(target.digest, 'dag-cbor'))
  const { tip } = readLogState(store)
  const id = store.getRecord(META.store)
  if (tip !== undefined && id !== undefined) refs.set(OPS + toHex(id), tip)
  const sent = new Map<ObjectId, Uint8Array>()
  // Receipts first: what they explain is not there.
  const tips = [...refs].sort(([left], [right]) => Number(right.startsWith(FORGOTTEN)) - Number(left.startsWith(FORGOTTEN))).map(([, target]) => target)
  const stack: { readonly id: ObjectId; readonly isDone: boolean }[] = tips.reverse().map((target) => ({ id: target, isDone: false }))
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const bytes = sent.has(top.id) ? undefined : reader.getObject(top.id) ?? (top.id === EMPTY_TREE.id ? EMPTY_TREE.bytes : undefined)
    if (bytes === undefined) continue
    if (top.isDone) sent.set(top.id, bytes)
    else {
      const object = top.id.startsWith('55') ? undefined : openAny(bytes)
      stack.push({ id: top.id, isDone: true })
      if (object !== undefined) for (const next of [...ownedLinks(object).map((link) => link.id), ...opReferences(object)]) stack.push({ id: next, isDone: false })
    }
  }
  return { objects: [...sent].map(([sentId, bytes]) => ({ id: sentId, bytes })), refs }
}

/** Sends all that a store has; returns what became of the refs that were refused. */
export async function sendAll(store: Store, remote: Remote): Promise<readonly string[]> {
  const { objects, refs } = await whatToSend(store)
  const there = (await remote.refs()).refs
  await remote.put(streamOf(objects))
  const updates = [...refs].filter(([ref, next]) => there.get(ref) !== next).map(([ref, next]) => ({ ref, expected: there.get(ref), next }))
  return (await remote.updateRefs(updates)).flatMap(({ ref, refused }) => (refused === undefined ? [] : [`${ref}: ${refused.message}`]))
}

/** A mirror without a remote. */
export function aMirror(folder: string): Promise<OpenMirror> {
  return openMirror(mirrorBelow(folder))
}
