/**
 * The operation log of this store: one chain without gaps or forks from its tip back, whose changes, played one after the other, give exactly
 * the refs that the store has. Ops come in any order; 40 bytes are kept of each.
 */
import type { Digest, ObjectId } from '../../codec/object-id.js'
import { digestOf } from '../../codec/object-id.js'
import type { Op, RefTarget } from '../../object/op.js'
import type { Check } from './check.js'
import { mixRequest } from './index-records.js'
import { SetSum } from './keyed-hash.js'
import { SumList } from './nodes.js'
import { NumberList } from './number-list.js'

export interface LogTip {
  readonly ops: number
  readonly tip: ObjectId | undefined
}

export interface OpLog {
  add(id: ObjectId, op: Op): void
  /** Judges the chain once all ops are in. */
  judge(state: LogTip, refs: ReadonlyMap<string, RefTarget>): OpLogResult
  /** The `request` records that must be there. */
  readonly requests: SetSum
  /** True where an op took in ATOMs that were made elsewhere. */
  readonly hasImports: boolean
}

export interface OpLogResult {
  /** The first op that is there; greater than 1 where the log was pruned. */
  readonly first: number
  readonly count: number
  /** Refs whose every move is in the log. */
  readonly isWhole: boolean
  /** What the log's ops say is missing before the first: named by a prune. */
  readonly pruned: Digest | undefined
}

interface Sum { readonly lo: number; readonly hi: number }
/** Commands that bring ATOMs with numbers given elsewhere. */
const TAKING_IN = /import|fetch|pull|clone|unbundle|recover|receive|demo/
const ABSENT: Sum = { lo: 0, hi: 0 }

export function createOpLog(check: Check): OpLog {
  const { findings, hash } = check
  const seqs = new NumberList('f64')
  const ids = new SumList()
  const previous = new SumList()
  const starts = new NumberList('u32')
  const changed = { ref: new NumberList('u32'), before: new SumList(), after: new SumList() }
  const refNumbers = new Map<string, number>()
  const pruned = new Map<number, Digest>()
  const requests = new SetSum()
  let count = 0
  let changes = 0
  let hasImports = false
  const sumOf = (target: RefTarget | undefined): Sum => {
    if (target === undefined) return ABSENT
    hash.start()
    hash.text(target.is === 'object' ? `object ${target.digest}` : `ref ${target.ref}`)
    hash.end()
    return { lo: hash.lo, hi: hash.hi }
  }
  const numberOf = (ref: string): number => {
    const known = refNumbers.get(ref) ?? refNumbers.size
    refNumbers.set(ref, known)
    return known
  }

  return {
    requests,
    get hasImports() { return hasImports },
    add(id, op) {
      hash.hexId(id)
      ids.set(count, hash)
      if (op.previous !== undefined) {
        hash.hexId(op.previous)
        previous.set(count, hash)
      }
      seqs.set(count, op.seq)
      starts.set(count, changes)
      if (TAKING_IN.test(op.command)) hasImports = true
      if (op.pruned !== undefined) pruned.set(count, op.pruned)
      for (const change of op.changes) {
        changed.ref.set(changes, numberOf(change.ref))
        changed.before.set(changes, sumOf(change.before))
        changed.after.set(changes, sumOf(change.after))
        changes++
      }
      count++
      starts.set(count, changes)
      if (op.request === undefined) return
      mixRequest(check, op.request, digestOf(id))
      requests.add(hash)
    },
    judge(state, refs) {
      const order = inOrder(state)
      const link = judgeLinks(order, state)
      replay(order, { refs, isWhole: link.first === 1 })
      return { ...link, count: order.length, isWhole: link.first === 1 }
    },
  }

  /** Returns the ops by seq, those outside the chain left out and named. */
  function inOrder({ ops }: LogTip): readonly number[] {
    const order = new Uint32Array(count)
    const first = ops - count + 1
    let isStraight = true
    for (let index = 0; index < count && isStraight; index++) {
      const place = seqs.get(index) - first
      if (place < 0 || place >= count || order[place] !== 0) isStraight = false
      else order[place] = index + 1
    }
    if (isStraight) return Array.from(order, (index) => index - 1)
    // Something is missing, forked or outside: sort what there is.
    return Array.from({ length: count }, (_, index) => index).sort((left, right) => seqs.get(left) - seqs.get(right))
  }

  function judgeLinks(order: readonly number[], { ops, tip }: LogTip): { readonly first: number; readonly pruned: Digest | undefined } {
    const last = order.at(-1)
    if (ops > 0 && tip === undefined) findings.error('log-state', `the log's state counts ${String(ops)} operations and names none as the last`)
    let before: number | undefined
    for (const index of order) {
      const seq = seqs.get(index)
      if (before !== undefined) {
        if (seq === seqs.get(before)) findings.error('op-fork', `the operation log has two operations ${String(seq)}: one of them is outside the chain`)
        else if (seq !== seqs.get(before) + 1) findings.error('op-missing', `the operations ${String(seqs.get(before) + 1)} to ${String(seq - 1)} were dropped from the middle of the log`)
        else if (previous.lo(index) !== ids.lo(before) || previous.hi(index) !== ids.hi(before)) findings.error('op-chain', `operation ${String(seq)} does not follow operation ${String(seq - 1)}: the chain was cut there`)
      }
      before = index
    }
    if (last === undefined) {
      if (ops > 0) findings.error('op-missing', `the log's state counts ${String(ops)} operations and none is there`)
      return { first: ops + 1, pruned: undefined }
    }
    if (seqs.get(last) > ops) findings.error('op-outside', `operation ${String(seqs.get(last))} stands behind the end of the log, which has ${String(ops)}`)
    else if (seqs.get(last) < ops) findings.error('op-missing', `the log's state counts ${String(ops)} operations and the last one there is ${String(seqs.get(last))}`)
    if (tip !== undefined) {
      hash.hexId(tip)
      if (hash.lo !== ids.lo(last) || hash.hi !== ids.hi(last)) findings.error('log-state', `the log's state does not name operation ${String(seqs.get(last))} as the last: it names ${digestOf(tip)}`, { object: digestOf(tip) })
    }
    return judgeFirst(order[0] as number)
  }

  /** The first op must be number 1, or follow the one that a later op says was dropped last. */
  function judgeFirst(index: number): { readonly first: number; readonly pruned: Digest | undefined } {
    const first = seqs.get(index)
    if (first === 1) return { first, pruned: undefined }
    for (const digest of pruned.values()) {
      hash.hexId(`71${digest}`)
      if (hash.lo === previous.lo(index) && hash.hi === previous.hi(index)) return { first, pruned: digest }
      // A prune that kept nothing but itself.
      if (pruned.get(index) === digest && !previous.has(index)) return { first, pruned: digest }
    }
    findings.error('op-missing', `the operations 1 to ${String(first - 1)} are gone, and no operation says that they were pruned`)
    return { first, pruned: undefined }
  }

  function replay(order: readonly number[], { refs, isWhole }: { readonly refs: ReadonlyMap<string, RefTarget>; readonly isWhole: boolean }): void {
    const names = [...refNumbers.keys()]
    const state = new Map<number, Sum>()
    for (const index of order) {
      for (let at = starts.get(index); at < starts.get(index) + changesOf(index); at++) {
        const ref = changed.ref.get(at)
        const known = state.get(ref) ?? (isWhole ? ABSENT : undefined)
        if (known !== undefined && (known.lo !== changed.before.lo(at) || known.hi !== changed.before.hi(at))) {
          findings.error('op-before', `operation ${String(seqs.get(index))} says that ${names[ref] ?? ''} was elsewhere before than the log left it`, { path: names[ref] })
        }
        state.set(ref, { lo: changed.after.lo(at), hi: changed.after.hi(at) })
      }
    }
    compareRefs({ refs, names, state, isWhole })
  }

  function changesOf(index: number): number {
    return starts.get(index + 1) - starts.get(index)
  }

  function compareRefs({ refs, names, state, isWhole }: { readonly refs: ReadonlyMap<string, RefTarget>; readonly names: readonly string[]; readonly state: ReadonlyMap<number, Sum>; readonly isWhole: boolean }): void {
    for (const [name, target] of refs) {
      const number = refNumbers.get(name)
      const logged = number === undefined ? undefined : state.get(number)
      const actual = sumOf(target)
      const object = target.is === 'object' ? target.digest : undefined
      if (logged === undefined) {
        if (isWhole) findings.error('ref-moved', `${name} is not in the operation log: it was made by something else`, { path: name, object })
        else findings.warning('ref-unlogged', `${name} did not move since the log was pruned: that it is where it was left is not shown`, { path: name, object })
      } else if (logged.lo !== actual.lo || logged.hi !== actual.hi) {
        findings.error('ref-moved', `${name} is not where the operation log left it: it was moved by something else`, { path: name, object })
      }
    }
    names.forEach((name, number) => {
      const logged = state.get(number)
      if (logged !== undefined && (logged.lo !== 0 || logged.hi !== 0) && !refs.has(name)) findings.error('ref-missing', `${name} is gone, and the operation log does not say that it was deleted`, { path: name })
    })
  }
}
