/** What `import git` says in the end: counts, what was left out, three commands to try. */
import { digestOf } from '../../codec/object-id.js'
import type { ImportedRef, ImportGitResult } from '../../ops/transfer/git/import-git.js'
import type { Line, Span } from '../terminal/output.js'

const NAMES_SHOWN = 10

export function renderImportGit(result: ImportGitResult): readonly Line[] {
  if (result.commits === 0) return [[['path', result.repository], ['plain', ' has no commits: nothing was imported']], ...leftOutLines(result)]
  const counts: Span[] = [
    ['plain', 'imported '], ['count', String(result.commits)], ['plain', ` ${plural('commit', result.commits)}, `], ['count', String(result.added)], ['plain', ' of them new, '],
    ['count', String(result.branches.length)], ['plain', ` ${plural('branch', result.branches.length)} and `], ['count', String(result.tags.length)], ['plain', ` ${plural('tag', result.tags.length)} from `], ['path', result.repository],
  ]
  return [counts, ...result.branches.filter(isRenamed).map(renamedLine), ...result.tags.filter(isRenamed).map(renamedLine), ...leftOutLines(result), ...headLines(result), ...tryLines(result)]
}

function plural(word: string, count: number): string {
  return count === 1 ? word : word === 'branch' ? 'branches' : `${word}s`
}

function isRenamed({ name, ref }: ImportedRef): boolean {
  return !ref.endsWith(`s/${name}`)
}

function renamedLine({ name, ref }: ImportedRef): Line {
  return [['branch', name], ['plain', ' is taken here: it is '], ['branch', ref.replace(/^refs\/(?:heads|tags)\//, '')]]
}

function leftOutLines(result: ImportGitResult): readonly Line[] {
  return [
    ...(result.isShallow ? [[['warn', 'the repository is shallow'], ['plain', ': the history begins where it was cut (metadata.git_missing_parents)']] as Line] : []),
    ...listLines(result.submodules.map((path) => [['path', path]]), `${plural('submodule', result.submodules.length)}, recorded in metadata.git_submodules only`),
    ...listLines(result.odd.map(({ name, reason }) => [['path', name], ['dim', ` (${reason})`]]), `${plural('name', result.odd.length)} that cannot be recorded, left out`),
    ...listLines(result.leftOut.map(({ name, reason }) => [['branch', name], ['dim', ` (${reason})`]]), `${plural('ref', result.leftOut.length)} left out`),
  ]
}

function listLines(items: readonly (readonly Span[])[], what: string): readonly Line[] {
  if (items.length === 0) return []
  const more: readonly Line[] = items.length > NAMES_SHOWN ? [[['dim', `  … and ${String(items.length - NAMES_SHOWN)} more (--json has them)`]]] : []
  return [[['count', String(items.length)], ['plain', ` ${what}:`]], ...items.slice(0, NAMES_SHOWN).map((item): Line => [['plain', '  '], ...item]), ...more]
}

function headLines({ head }: ImportGitResult): readonly Line[] {
  return head === undefined ? [] : [[['plain', 'HEAD is at '], ['branch', head.replace(/^refs\/heads\//, '')]]]
}

function tryLines({ head, branches, samplePath }: ImportGitResult): readonly Line[] {
  const branch = (head ?? branches[0]?.ref ?? 'HEAD').replace(/^refs\/heads\//, '')
  const on = head === undefined ? ` ${branch}` : ''
  const commands = [
    `atom log --oneline --graph -n 20${on}`,
    samplePath === undefined ? `atom show ${branch}` : `atom log --oneline${on} -- ${quoted(samplePath)}`,
    'atom verify',
  ]
  return [[['plain', 'try:']], ...commands.map((command): Line => [['plain', '  '], ['command', command]])]
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll('\'', '\'\\\'\'')}'`
}

export function importGitJson(result: ImportGitResult): unknown {
  return {
    repository: result.repository,
    source: result.reader,
    commits: result.commits,
    new: result.added,
    branches: result.branches.map(refJson),
    tags: result.tags.map(refJson),
    submodules: result.submodules,
    odd_names: result.odd,
    left_out: result.leftOut,
    shallow: result.isShallow,
    head: result.head ?? null,
  }
}

function refJson({ name, ref, object, change }: ImportedRef): unknown {
  return { name, ref, object: digestOf(object), change }
}
