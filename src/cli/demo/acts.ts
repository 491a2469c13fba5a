/** The acts of the demo, in the order of the story. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { CHECK_SCRIPT, GAMING_CONF, STORY_OUTPUTS } from './story.js'
import { recordFortnight, RECORDINGS } from './fortnight.js'
import type { Stage } from './stage.js'

const CONF = `~/${GAMING_CONF}`
const DAY = '2024-11-27'

/** Fourteen days of recordings, with a look at the last of them. Returns their atom ids. */
export async function actFortnight(stage: Stage, breakAt: number): Promise<readonly string[]> {
  await stage.say('1. Fourteen days of work on five games, by four agents')
  stage.at('2024-11-12T18:00:00Z')
  await stage.show(['init', '--project', 'bazza-dx'])
  const ids = await recordFortnight(stage, breakAt, async (count) => {
    if (count === 1) await stage.say(`(${String(RECORDINGS)} times: edit a file, then  atom add CFG "…" --file PATH)`)
  })
  await stage.show(['log', '--oneline', '-n', '5'])
  await stage.show(['stats'], { lines: 14 })
  return ids
}

/** The GPU crashes: evidence first. */
export async function actCrash(stage: Stage): Promise<void> {
  await stage.say('2. Wednesday: the GPU crashes three times in ten minutes. sage captures the state before')
  stage.at(`${DAY}T09:50:00Z`)
  const evidence: string[] = []
  for (const [command, text] of Object.entries(STORY_OUTPUTS)) {
    const name = command.split(' ')[0] ?? command
    stage.write(`evidence/${name}.txt`, `# from the story's files: this machine did not run "${command}"\n${text}`)
    evidence.push('--before', `${name}=../../evidence/${name}.txt`)
  }
  await stage.show([
    'add', 'SAGE', 'GPU instability: 3 crashes in 10 minutes', '--agent', 'sage', '--meta-json', '{"methodology":"gpu-debug","state":"init","sage_run":"gpu-1"}',
    ...evidence, '--before', 'crashes=3 per-10-min',
  ])
}

/** Which change did it? Returns the atom id that bisect names and how many steps it took. */
export async function actBisect(stage: Stage, first: string): Promise<{ readonly firstBad: string; readonly steps: number }> {
  await stage.say('3. When did it break? A search over every change, with a check that runs in a scratch folder')
  stage.write('projects/bazza-dx/check.sh', CHECK_SCRIPT)
  const script = join(stage.project, 'check.sh')
  chmodSync(script, 0o755)
  await stage.show(['bisect', 'start', 'HEAD', first])
  const output = await stage.show(['bisect', 'run', script])
  const state = stage.run(['bisect', 'log'])
  const found = /(ATOM-CFG-\d{8}-\d{3,}) is the first bad/.exec(output)?.[1] ?? ''
  // The two ends that `start` was given stand in the log too.
  const steps = state.split('\n').filter((line) => /^atom bisect (good|bad)/.test(line)).length - 2
  await stage.show(['bisect', 'reset'])
  return { firstBad: found, steps }
}

/** From hypothesis to proof: six ATOMs by four agents. */
export async function actMend(stage: Stage, firstBad: string): Promise<void> {
  await stage.say('4. Hypothesis, research, one change, proof')
  stage.at(`${DAY}T10:05:00Z`)
  await stage.show([
    'add', 'DECISION', 'Remove RADV_DEBUG: "debug" is not a valid value', '--agent', 'claude-code', '--reason', 'Valid values are info, hang, nohyperz and noloadstoreopt.',
    '-i', `ATOM-SAGE-${DAY.replaceAll('-', '')}-001`, '-i', firstBad, '--meta', 'sage_run=gpu-1',
  ])
  stage.at(`${DAY}T10:12:00Z`)
  await stage.show(['add', 'RESEARCH', 'Mesa documentation: the values of RADV_DEBUG', '--agent', 'perplexity', '--tokens', '2500', '-i', 'HEAD', '--meta', 'sage_run=gpu-1'])
  stage.at(`${DAY}T10:20:00Z`)
  stage.write(GAMING_CONF, ['# environment of all games', 'MESA_SHADER_CACHE_MAX_SIZE=4G', 'RADV_PERFTEST=gpl,nggc', '# RADV_DEBUG removed (invalid flag)', ''].join('\n'))
  await stage.show(['add', 'CFG', 'Remove the invalid RADV_DEBUG', '--agent', 'qwen', '--tokens', '0', '--file', CONF, '-i', 'HEAD', '-i', 'HEAD~1', '--meta', 'sage_run=gpu-1'])
  stage.at(`${DAY}T12:30:00Z`)
  await stage.show([
    'add', 'SAGE', 'Stable for 2 hours: hypothesis validated', '--agent', 'sage', '-i', 'HEAD', '--after', 'crashes=0 per-2-h', '--after', 'fps_gain=15 %',
    '--meta-json', '{"methodology":"gpu-debug","state":"complete","sage_run":"gpu-1","conclusion":"validated"}',
  ])
  stage.at(`${DAY}T12:40:00Z`)
  stage.write('evidence/chain.jsonl', stage.run(['export', 'jsonl', 'HEAD']))
  await stage.show(['add', 'DEPLOY', 'Chain exported, text for the upstream pull request', '--agent', 'sage', '-i', 'HEAD', '--evidence', 'chain.jsonl=../../evidence/chain.jsonl', '--meta', 'sage_run=gpu-1'])
}

/** What the trail answers. */
export async function actLook(stage: Stage): Promise<void> {
  await stage.say('5. Who did what, on whose advice?')
  await stage.show(['log', '--graph', '--oneline', '-n', '7'])
  await stage.show(['show', `ATOM-SAGE-${DAY.replaceAll('-', '')}-005`])
  await stage.show(['why', `ATOM-SAGE-${DAY.replaceAll('-', '')}-005`], { lines: 12 })
  await stage.show(['blame', CONF])
}

/** Back in time, aside, and back again. */
export async function actTravel(stage: Stage): Promise<void> {
  await stage.say('6. Put it back as it was on Monday, then as it is')
  stage.at(`${DAY}T13:00:00Z`)
  await stage.show(['checkout', 'main@{monday}', '--scope', 'home'])
  await stage.show(['switch', 'main', '--scope', 'home'])
  await stage.say('7. Try another way on a branch of its own')
  stage.at(`${DAY}T13:10:00Z`)
  await stage.show(['fork', `ATOM-DECISION-${DAY.replaceAll('-', '')}-002`, 'try-hang', '--scope', 'home'])
  stage.write(GAMING_CONF, ['# environment of all games', 'RADV_PERFTEST=gpl,nggc', 'RADV_DEBUG=hang', ''].join('\n'))
  await stage.show(['add', 'CFG', 'RADV_DEBUG=hang instead', '--agent', 'qwen', '--file', CONF])
  await stage.show(['log', '--graph', '--oneline', '--all', '-n', '8'])
  await stage.show(['switch', 'main', '--scope', 'home'])
  await stage.say('8. Take a change back, then take that back')
  stage.at(`${DAY}T13:20:00Z`)
  await stage.show(['revert', `ATOM-CFG-${DAY.replaceAll('-', '')}-004`, '--scope', 'home'])
  await stage.show(['undo', '--scope', 'home'])
  await stage.say('9. Is it whole, in order and untouched?')
  await stage.show(['verify'])
}
