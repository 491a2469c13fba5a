import { transformSync } from 'esbuild'
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, ROOT, textOf } from './sources.js'

/** Sources with logic whose tests are elsewhere: a file, or a folder that is tested as one thing. */
const ELSEWHERE: { readonly [source: string]: string } = {
  'src/index.ts': 'test/architecture/exports.test.ts',
  // Every method runs in the examples of docs/api.md.
  'src/app/library/library.ts': 'test/architecture/snippets.test.ts',
  'src/app/library/library-exchange.ts': 'test/architecture/snippets.test.ts',
  'src/app/library/create-store.ts': 'test/architecture/snippets.test.ts',
  'src/cli/demo/': 'test/cli/demo.test.ts',
  // A mirror is one machine: what goes in must come out.
  'src/exchange/git/': 'test/exchange/git/git-remote.test.ts',
  'src/history/resolve-context.ts': 'test/history/resolve.test.ts',
  // The checker is one machine: what it must find, and that it finds nothing else, shows only in whole stores.
  'src/history/verify/': 'test/history/verify/tampering.test.ts',
  // Two halves are tested as the whole that they are: what one begins, the other ends.
  'src/ops/fork/merge-end.ts': 'test/ops/fork/merge.test.ts',
  'src/ops/transfer/jsonl/export-jsonl.ts': 'test/ops/transfer/jsonl/import-jsonl.test.ts',
  'src/ops/transfer/git/import-git.ts': 'test/capture/git/history.test.ts',
  // What imports share shows in each of them.
  'src/ops/transfer/imported-trail.ts': 'test/ops/transfer/jsonl/import-jsonl.test.ts',
  'src/ops/transfer/known-records.ts': 'test/ops/transfer/kenl/import-kenl.test.ts',
  // What several commands share is tested as one of them, in processes of its own.
  'src/cli/bisect/run.ts': 'test/cli/commands/bisect.test.ts',
  'src/cli/integration-end.ts': 'test/cli/commands/merge.test.ts',
  'src/cli/render/integration.ts': 'test/cli/commands/merge.test.ts',
  'src/cli/render/op-log.ts': 'test/cli/commands/op.test.ts',
  // An export is one machine: what it reads, plans and writes shows in whole databases.
  'src/views/context-sync/': 'test/views/context-sync/export.test.ts',
  // What a bundle is shows in a whole one.
  'src/exchange/bundle/create-bundle.ts': 'test/exchange/bundle/open-bundle.test.ts',
  'src/app/remotes/bundles.ts': 'test/cli/bundle.test.ts',
  'src/app/remotes/pages.ts': 'test/cli/export-html.test.ts',
  // What has a document runs in a browser alone.
  'src/page/': 'test/page/browser.test.ts',
  'src/cli/show-merge.ts': 'test/cli/commands/merge.test.ts',
  'src/cli/words/refusals.ts': 'test/cli/exchange.test.ts',
  'src/app/remotes/remote-settings.ts': 'test/app/remotes/clone.test.ts',
  // What recovery promises shows only where a store was lost.
  'src/app/recover/': 'test/cli/recover.test.ts',
  'src/app/serving/init-worker.ts': 'test/cli/commands/remote-init-worker.test.ts',
  // What a Worker serves shows on workerd.
  'src/exchange/d1/d1-place.ts': 'test/worker/worker.test.ts',
  // What is sent in the background shows only between processes.
  'src/app/sending/auto-push.ts': 'test/cli/auto-push.test.ts',
  'src/app/sending/sender.ts': 'test/cli/auto-push.test.ts',
  'src/app/recover/drill.ts': 'test/cli/drill.test.ts',
  'src/app/remotes/pull.ts': 'test/cli/exchange.test.ts',
  'src/app/remotes/store-remotes.ts': 'test/cli/drill.test.ts',
  'src/exchange/recover/known-atoms.ts': 'test/cli/drill.test.ts',
  // Lists of subcommands, each loaded when it is typed.
  'src/cli/commands/export.ts': 'test/cli/catalogue.test.ts',
  'src/cli/commands/import.ts': 'test/cli/catalogue.test.ts',
}

/** Tests of no one source: of several together, of recorded vectors, of other people's suites, of a command that is its own subject, of what is left on disk. */
const OF_SEVERAL = /\/(?:suites|vectors|tampering|level-damage|forget-title|naughty|git-merges|machines|property|stories)\.test\.ts$|^test\/cli\/|^test\/page\/browser\.test/

const testOf = (source: string): string => source.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')
const isThere = (path: string): boolean => existsSync(join(ROOT, path))

/** What the tests of the command line import: commands that are one family share a test. */
const IMPORTED: ReadonlySet<string> = new Set(filesBelow('test/cli').filter((path) => path.endsWith('.test.ts'))
  .flatMap((path) => [...textOf(path).matchAll(/from '(?:\.\.\/)+(src\/cli\/(?:commands|render)\/[^']+)\.js'/g)].map(([, source]) => `${source ?? ''}.ts`)))

/** A command and its renderer are tested as users meet them: in `test/cli/<command>.test.ts` or `test/cli/commands/<command>.test.ts`. */
function hasTest(source: string): boolean {
  const [asWord, asCommand] = ['', 'commands/'].map((room) => source.replace(/^src\/cli\/(?:commands|render)\//, `src/cli/${room}`))
  return [source, asWord, asCommand].some((path) => isThere(testOf(path ?? ''))) || IMPORTED.has(source) || Object.keys(ELSEWHERE).some((place) => source === place || (place.endsWith('/') && source.startsWith(place)))
}

/** Tells whether anything of a source runs: types, tables and lists of names do not. */
function hasLogic(path: string): boolean {
  const { code } = transformSync(textOf(path), { loader: 'ts', format: 'esm', legalComments: 'none' })
  return /=>|\bfunction\b|\bclass\b/.test(code)
}

/** Returns the sources in the same folder that one imports: its parts. */
function parts(source: string): readonly string[] {
  return [...textOf(source).matchAll(/from '(\.\/[^'/]+)\.js'/g)].map(([, path]) => normalize(`${dirname(source)}/${path ?? ''}.ts`))
}

describe('the tests mirror the house', () => {
  it('every source with logic has a test at its path, or is a part of a neighbour that has', () => {
    const sources = filesBelow('src')
    const tested = new Set(sources.filter(hasTest))
    for (const source of [...tested]) for (const part of parts(source)) tested.add(part)
    expect(sources.filter((source) => !tested.has(source) && hasLogic(source))).toEqual([])
  })

  it('every exception is one, and what tests it is there', () => {
    for (const [source, test] of Object.entries(ELSEWHERE)) expect([source, isThere(source), isThere(test)]).toEqual([source, true, true])
  })

  it('no test is left of a source that is gone', () => {
    const sources = filesBelow('src')
    const rooms = new Set(sources.map((path) => dirname(testOf(path))))
    const tests = new Set(sources.map(testOf))
    expect(filesBelow('test').filter((path) => path.endsWith('.test.ts') && rooms.has(dirname(path)) && !tests.has(path) && !OF_SEVERAL.test(path))).toEqual([])
  })
})
