/** The options that every command which writes files takes, and what is said about the files. */
import { displayPath } from '../trail/paths.js'
import type { Laid } from '../ops/integrate.js'
import { LAY_OUT_OPTIONS } from './lay-out-options.js'
import { flag } from './options.js'
import type { OptionDeclaration } from './options.js'
import type { Line } from './output.js'

export interface LayoutOptions {
  readonly force: OptionDeclaration<boolean>
  readonly dryRun: OptionDeclaration<boolean>
  readonly scope: OptionDeclaration<readonly string[]>
}

export const layoutOptions: LayoutOptions = {
  force: flag('Overwrite local changes and untracked files'),
  dryRun: flag('Show what would be done, and do nothing'),
  scope: LAY_OUT_OPTIONS.scope,
}

export interface LayoutWords { readonly force: boolean; readonly dryRun: boolean; readonly scope: readonly string[] }

export function layoutInput({ force, dryRun, scope }: LayoutWords): { readonly force: boolean; readonly dryRun: boolean; readonly scopes: readonly string[] } {
  return { force, dryRun, scopes: scope }
}

const SHOWN = 20

/** Says what was done, or would be, to the files. */
export function fileNotes(files: Laid | undefined): readonly Line[] {
  if (files === undefined || !files.isDryRun) return []
  const lines: Line[] = []
  const say = (what: string, paths: readonly string[]): void => {
    for (const path of paths.slice(0, SHOWN)) lines.push([['plain', ` ${what} `], ['path', displayPath(path)]])
    if (paths.length > SHOWN) lines.push([['dim', ` … and ${String(paths.length - SHOWN)} more`]])
  }
  say('would write', files.written)
  say('would remove', files.removed)
  say('would need --scope for', files.lacking)
  for (const { path, reason } of files.refused) lines.push([['warn', ' in the way: '], ['path', displayPath(path)], ['plain', ` (${reason})`]])
  return lines
}
