import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { defineCommand, integer, text, type Command } from '../command.js'
import { actBisect, actCrash, actFortnight, actLook, actMend, actTravel } from '../demo/acts.js'
import { BREAK_AT, RECORDINGS } from '../demo/fortnight.js'
import { actGit } from '../demo/git-act.js'
import { createStage } from '../demo/stage.js'
import type { Host } from '../host.js'

export const demoCommand: Command = defineCommand({
  name: 'demo',
  group: 'start',
  summary: 'Show a whole story with real commands, in a temporary folder',
  description: 'A GPU crashes, four agents find out why and mend it, and the trail is searched, forked, reverted and proved. Everything happens in a temporary home that is removed at the end.',
  options: {
    keep: text('DIR', 'Keep everything in this new folder'),
    breakAt: integer('N', 'Which of the recordings breaks it', { hidden: true, min: 2 }),
  },
  examples: [['atom demo', 'see the story'], ['atom demo --keep /tmp/story', 'keep its home, to look around in it']],
  perform: async (host, { options }) => {
    const breakAt = options.breakAt ?? BREAK_AT
    if (breakAt > RECORDINGS) throw new AtomError('USAGE', `the story has ${String(RECORDINGS)} recordings`, { data: { option: 'break-at', value: String(breakAt) } })
    const home = options.keep === undefined ? realpathSync(mkdtempSync(join(tmpdir(), 'atom-demo-'))) : makeFolder(resolve(host.cwd, options.keep))
    try {
      await tell(host, { home, breakAt, isKept: options.keep !== undefined })
    } finally {
      if (options.keep === undefined) rmSync(home, { recursive: true, force: true })
    }
  },
})

function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: false })
  } catch (cause) {
    throw new AtomError('USAGE', `cannot make ${folder}: ${cause instanceof Error ? cause.message : String(cause)}`, { data: { option: 'keep', value: folder }, hint: 'name a folder that does not exist yet', cause })
  }
  return realpathSync(folder)
}

async function tell(host: Host, { home, breakAt, isKept }: { readonly home: string; readonly breakAt: number; readonly isKept: boolean }): Promise<void> {
  const startMs = performance.now()
  const stage = createStage(host, home)
  mkdirSync(stage.project, { recursive: true })
  const ids = await actFortnight(stage, breakAt)
  await actCrash(stage)
  const found = await actBisect(stage, ids[0] ?? '')
  await actMend(stage, found.firstBad)
  await actLook(stage)
  await actTravel(stage)
  const proved = JSON.parse(stage.run(['verify', '--json'])) as { readonly ok: boolean; readonly atoms: number }
  const commits = await actGit(stage, process.argv[1] ?? '')
  const seconds = Math.round((performance.now() - startMs) / 100) / 10
  if (host.output.isJson) {
    await host.output.json({ folder: isKept ? home : null, recordings: ids.length, atoms: proved.atoms, verified: proved.ok, first_bad: found.firstBad, expected: ids[breakAt - 1] ?? null, bisect_steps: found.steps, commits, seconds })
    return
  }
  await host.output.line([['ok', `Done in ${String(seconds)} s`], ['plain', `: ${String(proved.atoms)} ATOMs recorded, the break found in ${String(found.steps)} steps, everything verified, ${String(commits)} git commits imported.`]])
  if (isKept) await host.output.line([['plain', 'Look around: '], ['command', `cd ${stage.project} && HOME=${home} atom log`]])
  await host.output.line([['plain', 'Your own: '], ['command', 'atom init && atom add DECISION "why we start" --reason "…"']])
}
