/** Walks commits without git: each once, after its parents, without recursion, since a history is as deep as it is long. */
import type { Oid } from './git-object.js'

interface Step { readonly id: Oid; readonly parents: readonly Oid[]; next: number }

/** Yields the commits that `tips` reach and `done` does not hold, and adds them to it. `parents` gives undefined for what is to be left out. */
export async function* parentsFirst(tips: readonly Oid[], parents: (id: Oid) => Promise<readonly Oid[] | undefined>, done: Set<Oid> = new Set()): AsyncIterable<Oid> {
  const stack: Step[] = []
  const enter = async (id: Oid): Promise<void> => {
    const above = done.has(id) ? undefined : await parents(id)
    if (above !== undefined) stack.push({ id, parents: above, next: 0 })
  }
  for (const tip of tips) {
    await enter(tip)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const parent = top.parents[top.next++]
      if (parent !== undefined) {
        await enter(parent)
        continue
      }
      stack.pop()
      if (done.has(top.id)) continue
      done.add(top.id)
      yield top.id
    }
  }
}
