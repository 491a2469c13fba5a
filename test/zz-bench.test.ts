import { test } from 'vitest'
import { rmSync } from 'node:fs'
import { bareRepo } from '/work/main/test/helpers/bare-repo.js'
import { openLevelStore } from '/work/main/src/store/level/level-store.js'
import { importGitFor } from '/work/main/src/app/sources.js'
import { renderImportGit } from '/work/main/src/cli/render/import-git.js'
test('x', async () => {
  const path = process.env['IG_PATH'] ?? '/tmp/ig/e.git'
  rmSync('/tmp/ig/st', { recursive: true, force: true })
  const store = await openLevelStore('/tmp/ig/st', { createIfMissing: 'yes' })
  const repo = await bareRepo({ store })
  const op = importGitFor({ cwd: '/', env: { PATH: process.env['IG_ISO'] ? '/none' : process.env['PATH'] }, signal: new AbortController().signal })
  for (let i = 0; i < 2; i++) {
    const start = performance.now(); const cpu = process.cpuUsage()
    const result = await op.run(repo, op.check({ repository: path })) as never
    const c = process.cpuUsage(cpu)
    console.log(i, Math.round(performance.now() - start), 'ms cpu', c.user / 1000, c.system / 1000, Math.round(process.memoryUsage().rss / 1e6), 'MB')
    console.log((renderImportGit(result) as any[]).map((line) => line.map(([, t]: any) => t).join('')).join('\n'))
    console.log(JSON.stringify((result as any).branches))
  }
  await store.close()
})
