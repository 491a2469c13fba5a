/** The acts of the demo, in the order of the story. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { CHECK_SCRIPT, GAMING_CONF, pullRequest, STORY_OUTPUTS } from './story.js'
import { recordFortnight, RECORDINGS } from './fortnight.js'
import type { Stage } from './stage.js'

const CONF = `~/${GAMING_CONF}`
const DAY = '2024-11-27'

/** Returns the atom id of one of the six. */
function atomOf(type: string, number: number): string {
  return `ATOM-${type}-${DAY.replaceAll('-', '')}-00${String(number)}`
}

/** Fourteen days of recordings, with a look at the last of them. Returns their atom ids. */
export async function actFortnight(stage: Stage, breakAt: number): Promise<readonly string[]> {
  await stage.say('1. Fourteen days of work on five games, by four agents')
  stage.at('2024-11-12T18:00:00Z')
  await stage.show(['init', '--project', 'bazza-dx'])
  const ids = await recordFortnight(stage, breakAt, async (count) => {
    if (count === 1) await stage.say(`   (${String(RECORDINGS)} times, not shown: edit a file, then atom add CFG "…" --file PATH)`)
  })
  await stage.show(['log', '--oneline', '-n', '5'])
  await stage.show(['stats'], { lines: 15 })
  return ids
}

/** The GPU crashes: evidence first. */
export async function actCrash(stage: Stage): Promise<void> {
  await stage.say('2. Wednesday: the GPU crashes three times in ten minutes. sage captures the state before')
  await stage.say(`   (most machines lack ${Object.keys(STORY_OUTPUTS).join(', ')}: their output comes from the story's files, and each file says so)`)
  stage.at(`${DAY}T09:50:00Z`)
  const evidence: string[] = []
  for (const [command, text] of Object.entries(STORY_OUTPUTS)) {
    const name = command.split(' ')[0] ?? command
    stage.write(`evidence/${name}.txt`, `# from the story's files, not run on this machine: ${command}\n${text}`)
    evidence.push('--before', `${name}=../../evidence/${name}.txt`)
  }
  await stage.show([
    'add', 'SAGE', 'GPU instability: crashes, games fail to launch', '--agent', 'sage', '--meta-json', '{"methodology":"gpu-debug","state":"init","sage_run":"gpu-1"}',
    '--before', 'crashes_in_10_min=3', ...evidence,
  ])
  await stage.show(['show', atomOf('SAGE', 1)])
}

/** Which change did it? Returns the atom id that bisect names and how many steps it took. */
export async function actBisect(stage: Stage, first: string): Promise<{ readonly firstBad: string; readonly steps: number }> {
  await stage.say('3. When did it break? Every change is a suspect; a check tests each in a scratch folder, never over your files')
  stage.write('projects/bazza-dx/check.sh', CHECK_SCRIPT)
  chmodSync(join(stage.project, 'check.sh'), 0o755)
  await stage.quote('cat check.sh', CHECK_SCRIPT)
  await stage.show(['bisect', 'start', 'HEAD', first], { lines: 2 })
  const output = await stage.show(['bisect', 'run', './check.sh'])
  const found = /(ATOM-CFG-\d{8}-\d{3,}) is the first bad/.exec(output)?.[1] ?? ''
  const steps = output.match(/^exit code \d+: (good|bad)$/gm)?.length ?? 0
  await stage.show(['bisect', 'reset'])
  return { firstBad: found, steps }
}

/** From hypothesis to proof: six ATOMs by four agents. */
export async function actMend(stage: Stage, firstBad: string): Promise<void> {
  await stage.say('4. Hypothesis, research, one change, proof')
  stage.at(`${DAY}T10:05:00Z`)
  await stage.show([
    'add', 'DECISION', 'Remove RADV_DEBUG: "debug" is not a valid value', '--agent', 'claude-code', '--reason', 'Valid values are info, hang, nohyperz and noloadstoreopt. Hypothesis: without it the GPU is stable.',
    '-i', atomOf('SAGE', 1), '-i', firstBad, '--meta', 'sage_run=gpu-1',
  ])
  stage.at(`${DAY}T10:12:00Z`)
  await stage.show(['add', 'RESEARCH', 'Mesa documentation confirms: RADV_DEBUG has no value "debug"', '--agent', 'perplexity', '--tokens', '2500', '-i', 'HEAD', '--meta', 'sage_run=gpu-1'])
  stage.at(`${DAY}T10:20:00Z`)
  stage.write(GAMING_CONF, ['# environment of all games', 'MESA_SHADER_CACHE_MAX_SIZE=4G', 'RADV_PERFTEST=gpl,nggc', '# RADV_DEBUG removed (invalid flag)', ''].join('\n'))
  await stage.show(['add', 'CFG', 'Remove the invalid RADV_DEBUG', '--agent', 'qwen', '--tokens', '0', '--file', CONF, '-i', 'HEAD', '-i', 'HEAD~1', '--meta', 'sage_run=gpu-1'])
  await stage.show(['diff', 'HEAD~1', 'HEAD', '--', CONF])
  stage.at(`${DAY}T12:30:00Z`)
  await stage.show([
    'add', 'SAGE', 'Stable for 2 hours: hypothesis validated', '--agent', 'sage', '-i', 'HEAD',
    '--after', 'crashes_in_2_h=0', '--after', 'dmesg=clean', '--after', 'games=launch', '--after', 'fps_gain=15%',
    '--meta-json', '{"methodology":"gpu-debug","state":"complete","sage_run":"gpu-1","conclusion":"validated"}',
  ])
  stage.at(`${DAY}T12:40:00Z`)
  const chain = `${atomOf('SAGE', 1)}~1..HEAD`
  stage.write('evidence/chain.jsonl', stage.run(['export', 'jsonl', chain]))
  stage.write('evidence/pull-request.md', pullRequest(atomOf('SAGE', 1), atomOf('SAGE', 5)))
  await stage.quote(`atom export jsonl ${chain} > ../../evidence/chain.jsonl`, '')
  await stage.quote('cat ../../evidence/pull-request.md', pullRequest(atomOf('SAGE', 1), atomOf('SAGE', 5)))
  await stage.show([
    'add', 'DEPLOY', 'Chain exported, text for the upstream pull request', '--agent', 'sage', '-i', 'HEAD', '--meta', 'sage_run=gpu-1',
    '--evidence', 'chain=../../evidence/chain.jsonl', '--evidence', 'pull-request=../../evidence/pull-request.md',
  ])
}

/** What the trail answers. */
export async function actLook(stage: Stage): Promise<void> {
  await stage.say('5. Who did what, on whose advice?')
  await stage.show(['log', '--graph', '--oneline', '-n', '7'])
  await stage.show(['show', atomOf('SAGE', 5)])
  await stage.show(['why', atomOf('SAGE', 5)])
  await stage.show(['blame', CONF])
}

/** Back in time, aside, and back again. */
export async function actTravel(stage: Stage): Promise<void> {
  await stage.say('6. Put everything back as it was on Monday, then as it is')
  stage.at(`${DAY}T13:00:00Z`)
  await stage.show(['checkout', 'main@{monday}', '--scope', 'home'])
  await stage.show(['switch', 'main', '--scope', 'home'])
  await stage.say('7. Try another way on a branch of its own')
  stage.at(`${DAY}T13:10:00Z`)
  await stage.show(['fork', atomOf('DECISION', 2), 'try-hang', '--scope', 'home'])
  stage.write(GAMING_CONF, ['# environment of all games', 'RADV_PERFTEST=gpl,nggc', 'RADV_DEBUG=hang', ''].join('\n'))
  await stage.show(['add', 'CFG', 'RADV_DEBUG=hang instead', '--agent', 'qwen', '--file', CONF])
  await stage.show(['log', '--graph', '--oneline', '--all', '-n', '8'])
  await stage.show(['switch', 'main', '--scope', 'home'])
  await stage.say('8. Take a change back, then take that back')
  stage.at(`${DAY}T13:20:00Z`)
  await stage.show(['revert', atomOf('CFG', 4), '--scope', 'home'])
  await stage.show(['undo', '--scope', 'home'])
  await stage.say('9. Is it whole, in order and untouched?')
  await stage.show(['verify'])
}
