import { test } from 'vitest'
import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { bareRepo } from './helpers/bare-repo.js'
import { importGitFor } from '../src/app/sources.js'
import { suitePath } from './helpers/suites.js'
test('x', async () => {
  const suite = suitePath('git-repositories')!
  const temp = mkdtempSync('/tmp/ig/odd-')
  for (const name of readdirSync(suite)) {
    if (name === 'SOURCE.txt') continue
    cpSync(`${suite}/${name}`, `${temp}/${name}`, { recursive: true })
    if (existsSync(`${temp}/${name}/.gitted`)) { renameSync(`${temp}/${name}/.gitted`, `${temp}/${name}/.git`) }
    const out: string[] = []
    for (const PATH of [process.env['PATH'], '/none']) {
      const repo = await bareRepo()
      const op = importGitFor({ cwd: '/', env: { PATH }, signal: new AbortController().signal })
      try {
        const r = await op.run(repo, op.check({ repository: `${temp}/${name}` })) as any
        out.push(JSON.stringify({ c: r.commits, a: r.added, b: r.branches.map((b: any) => [b.name, b.ref.slice(11), b.object.slice(0, 10)].join(' ')), t: r.tags.map((b: any) => [b.name, b.object.slice(0, 10)].join(' ')), sub: r.submodules, odd: r.odd, lo: r.leftOut, sh: r.isShallow, head: r.head }))
      } catch (e) { out.push(`${(e as any).code} ${(e as Error).message} ${(e as any).code ? '' : (e as Error).stack}`) }
    }
    console.log(name, out[0] === out[1] ? 'EQUAL' : 'DIFFER', '\n', out[0], out[0] === out[1] ? '' : `\n ${out[1]}`)
  }
  rmSync(temp, { recursive: true })
})
