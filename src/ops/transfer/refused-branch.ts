/** The refused bytes of an import whose ATOMs are no chain: a branch `refused/NAME` of their own, which grows with each import. */
import type { ObjectId } from '../../codec/object-id.js'
import { fullRefName, HEADS } from '../../refs/name.js'
import { getRef, pointAt, resolveRef } from '../../refs/ref.js'
import type { Repo } from '../repo.js'
import { landBranch, readTakenNames, REFUSED_BRANCHES } from './imported-refs.js'
import type { ImportedTrail } from './imported-trail.js'
import { createKnownRecords } from './known-records.js'
import { createRefusedBytes, type RefusedPiece } from './refused-bytes.js'

export interface RefusedBranchAbout {
  readonly trail: ImportedTrail
  /** What is imported: the last part of the branch's name. */
  readonly name: string
  readonly command: string
}

/** What was kept: ATOMs, how many of them are new, and the branch that they are on; absent where nothing was refused. */
export interface KeptRefusals {
  readonly atoms: number
  readonly taken: number
  readonly ref: string | undefined
}

export interface RefusedBranch {
  /** Takes the beginning of the piece that comes, or more of it. */
  addPart(bytes: Uint8Array): Promise<void>
  add(piece: RefusedPiece): void
  /** Stages what was added, where it is much. */
  settle(): Promise<void>
  /** Stages the rest, writes it and moves the branch. */
  land(): Promise<KeptRefusals>
}

export function createRefusedBranch(repo: Repo, { trail, name, command }: RefusedBranchAbout): RefusedBranch {
  const bytes = createRefusedBytes(trail, createKnownRecords(repo))
  const own = fullRefName(HEADS, REFUSED_BRANCHES.slice(HEADS.length) + name)
  let tip: ObjectId | undefined = resolveRef(repo.store, own)
  let [atoms, taken] = [0, 0]
  const close = async (): Promise<void> => {
    const made = await bytes.close({ parent: tip, timeMs: 0, metadata: {} })
    if (made === undefined) return
    atoms++
    if (made.known !== undefined) return
    taken++
    tip = made.id
  }
  return {
    async addPart(part) {
      if (bytes.file !== undefined) await close()
      bytes.addPart(part)
    },
    add: (piece) => { bytes.add(piece) },
    async settle() {
      if (bytes.isFull) await close()
    },
    async land() {
      await close()
      await trail.flush()
      if (taken === 0 || tip === undefined) return { atoms, taken, ref: atoms === 0 ? undefined : own }
      const target = tip
      const landing = landBranch(repo, { name: own.slice(HEADS.length), target, prefix: 'imported/', taken: await readTakenNames(repo, undefined), isImported: () => false })
      if (landing === undefined) return { atoms, taken, ref: undefined }
      const before = getRef(repo.store, landing.ref)
      await repo.writer.transact({ agent: repo.identity.agent, command }, (tx) => { tx.edit({ ref: landing.ref, expected: before, next: pointAt(target) }) })
      return { atoms, taken, ref: landing.ref }
    },
  }
}
