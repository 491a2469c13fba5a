/** What every command that writes the user's files shares: its options, its JSON, how it ends. */
import { checkLeave, type LaidOut } from '../../ops/files/lay-out.js'
import { displayPath } from '../../tree/scope.js'
import { flag, list, type OptionDeclaration } from './options.js'

export interface LayOutOptions {
  readonly force: OptionDeclaration<boolean>
  readonly dryRun: OptionDeclaration<boolean>
  readonly scope: OptionDeclaration<readonly string[]>
}

const FORCE = 'Overwrite local changes and untracked files'
const DRY_RUN = 'Show what would be done, and do nothing'

export const LAY_OUT_OPTIONS: LayOutOptions = {
  force: flag(FORCE, { short: 'f' }),
  dryRun: flag(DRY_RUN, { short: 'n' }),
  scope: list('SCOPES', 'Write files outside the project too', { choices: ['home', 'system'], separator: ',' }),
}

/** Without letters, for commands whose -f or -n is another thing to git users. */
export const LONG_LAY_OUT_OPTIONS: LayOutOptions = { ...LAY_OUT_OPTIONS, force: flag(FORCE), dryRun: flag(DRY_RUN) }

/** The part of an input that these options make. */
export interface LayOutWords {
  readonly force: boolean
  readonly dryRun: boolean
  readonly scopes: readonly string[]
}

export function layOutWords(options: { readonly force: boolean; readonly dryRun: boolean; readonly scope: readonly string[] }): LayOutWords {
  return { force: options.force, dryRun: options.dryRun, scopes: options.scope }
}

/** The fields that stand in the JSON of every command that lays out files. */
export interface LaidOutJson {
  readonly written: readonly string[]
  readonly removed: readonly string[]
  readonly lacking: readonly string[]
  readonly unwritable: readonly { readonly path: string; readonly reason: string }[]
  readonly refused: readonly { readonly path: string; readonly reason: string }[]
  readonly dry_run: boolean
}

export function laidOutJson({ written, removed, lacking, unwritable, refused, isDryRun }: LaidOut<unknown>): LaidOutJson {
  const shown = (files: LaidOut<unknown>['unwritable']): LaidOutJson['unwritable'] => files.map(({ path, reason }) => ({ path: displayPath(path), reason }))
  return { written: written.map(displayPath), removed: removed.map(displayPath), lacking: lacking.map(displayPath), unwritable: shown(unwritable), refused: shown(refused), dry_run: isDryRun }
}

/** Ends a command after its answer: throws `SCOPE_REFUSED` where files lacked leave; 1 where some could not be written. For `exit` of a declaration. */
export function layOutExit(laid: LaidOut<unknown> | undefined): 0 | 1 {
  if (laid === undefined) return 0
  checkLeave(laid)
  return laid.unwritable.length > 0 && !laid.isDryRun ? 1 : 0
}
