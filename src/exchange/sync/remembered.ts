/** What a store remembers of a remote's branches, when the remote gets another name or goes. */
import { checkInput, filledText, optional } from '../../ops/check.js'
import type { Operation } from '../../ops/operation.js'
import { REMOTES } from '../../refs/name.js'
import { listRefs } from '../../refs/ref.js'

export interface RenameRememberedInput {
  readonly from: string
  /** Absent: they go. */
  readonly to?: string | undefined
}

/** Moves or drops refs/remotes/<name>/…; returns how many. */
export const renameRemembered: Operation<RenameRememberedInput, number> = {
  name: 'remote.rename-remembered',
  summary: 'Rename or drop the remembered branches of a remote',
  effect: 'write',
  errors: ['REF_MOVED'],
  check: checkInput<RenameRememberedInput>({ from: filledText, to: optional(filledText) }),
  async run(repo, { from, to }) {
    const prefix = `${REMOTES}${from}/`
    const refs = await listRefs(repo.store, prefix)
    await repo.writer.transact({ agent: repo.identity.agent, command: to === undefined ? 'remote remove' : 'remote rename' }, (tx) => {
      for (const { name, target } of refs) {
        tx.edit({ ref: name, expected: target, next: undefined })
        if (to !== undefined) tx.edit({ ref: `${REMOTES}${to}/${name.slice(prefix.length)}`, expected: 'any', next: target })
      }
    })
    return refs.length
  },
}
