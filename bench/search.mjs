/** Searching for the break, and the merge base. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { atom, git } from './lib/command.mjs'
import { interleave, median, ratio } from './lib/measure.mjs'
import { createRandom, makeProject } from './lib/project.mjs'
import { mark, mergeBases, nextStep, startBisect } from './lib/library.mjs'

export const about = 'how many tests a search for the break takes, on lines of every break position and on a history with merges beside `git bisect`; and how long the commands take.'

export async function bench({ folder, scale, row }) {
  for (const length of [10, 100, 1_000]) {
    const limit = Math.ceil(Math.log2(length)) + 1
    const steps = Array.from({ length }, (_, index) => stepsOnLine(length, index + 1))
    row({ what: `most tests of any break on a line of ${length.toLocaleString('en-US')}`, value: Math.max(...steps), unit: 'tests', peer: 'ceil(log2 n) + 1', peerValue: limit, target: `≤ ${limit}` })
  }
  const repository = makeProject(join(folder, 'project'), { commits: 1_000 })
  const history = readHistory(repository)
  const random = createRandom(7)
  const breaks = Array.from({ length: Math.min(scale.rounds, 10) }, () => 1 + random(history.ids.length - 1))
  const differences = breaks.map((firstBad) => stepsInHistory(history, firstBad) - stepsOfGit(repository, history, firstBad))
  row({ what: `tests more than git bisect took, at worst, ${breaks.length} breaks in 1,000 commits with merges`, value: Math.max(...differences), unit: 'tests', target: '≤ 1' })

  const trail = join(folder, 'trail')
  mkdirSync(trail)
  atom(['init', '-q'], { cwd: trail })
  atom(['import', 'git', '-q', repository], { cwd: trail })
  const test = ['sh', '-c', 'test "$(cat VERSION)" -lt 700']
  const root = git(['rev-list', '--max-parents=0', 'main'], { cwd: repository }).toString().trim()
  const oldest = history.ids.length - 1
  const rounds = Math.min(scale.rounds, 5)
  const times = await interleave({
    atom: () => inSearch(atom, trail, ['HEAD', ':/change 0:'], test),
    git: () => inSearch(git, repository, ['main', root], test),
    atomBase: () => void atom(['rev-parse', 'main...side'], { cwd: trail }),
    gitBase: () => void git(['merge-base', 'main', 'side'], { cwd: repository }),
    machine: () => { for (let count = 0; count < 100; count++) mergeBases(history.graph, oldest, [oldest - 1 - count]) },
  }, rounds)
  row({ what: 'bisect run, every candidate laid out', value: median(times.atom), unit: 'ms', peer: 'git bisect run', peerValue: median(times.git), ratio: ratio(times.atom, times.git) })
  row({ what: 'merge base of two branches, from the shell', value: median(times.atomBase), unit: 'ms', peer: 'git merge-base', peerValue: median(times.gitBase), ratio: ratio(times.atomBase, times.gitBase) })
  row({ what: 'merge base, in process', value: median(times.machine) * 10, unit: 'µs' })
}

function inSearch(program, cwd, ends, test) {
  program(['bisect', 'start', ...ends], { cwd })
  program(['bisect', 'run', ...test], { cwd })
  program(['bisect', 'reset'], { cwd })
}

const lineOf = { parents: (seq) => (seq === 0 ? [] : [seq - 1]), generation: (seq) => seq + 1, orderMs: (seq) => seq, compareIds: (left, right) => left - right }

/** A line of so many that can be the break, after one that is good. */
function stepsOnLine(length, firstBad) {
  return search(lineOf, { bad: length, good: 0 }, (seq) => seq >= firstBad)
}

function search(graph, { bad, good }, isBad) {
  let state = mark(mark(startBisect(), 'bad', [bad]), 'good', [good])
  for (let steps = 0; ; steps++) {
    const step = nextStep(graph, state)
    if (step.state !== 'testing') return steps
    state = mark(state, isBad(step.candidate) ? 'bad' : 'good', [step.candidate])
  }
}

/** The commits that main reaches, parents first, as the graph that the search works on. */
function readHistory(repository) {
  const lines = git(['rev-list', '--topo-order', '--reverse', '--parents', '--timestamp', 'main'], { cwd: repository }).toString().trim().split('\n').map((line) => line.split(' '))
  const seqs = new Map(lines.map(([, id], seq) => [id, seq]))
  const parents = lines.map(([, , ...ids]) => ids.map((id) => seqs.get(id)))
  const reached = []
  const generations = []
  const times = []
  lines.forEach(([time], seq) => {
    generations.push(1 + Math.max(0, ...parents[seq].map((parent) => generations[parent])))
    times.push(Math.max(Number(time) * 1_000, ...parents[seq].map((parent) => times[parent] + 1)))
    reached.push(new Set([seq, ...parents[seq].flatMap((parent) => [...reached[parent]])]))
  })
  const graph = { parents: (seq) => parents[seq], generation: (seq) => generations[seq], orderMs: (seq) => times[seq], compareIds: (left, right) => left - right }
  return { ids: lines.map(([, id]) => id), graph, reached }
}

function stepsInHistory({ ids, graph, reached }, firstBad) {
  return search(graph, { bad: ids.length - 1, good: 0 }, (seq) => reached[seq].has(firstBad))
}

function stepsOfGit(cwd, { ids, reached }, firstBad) {
  if (!reached.at(-1).has(firstBad)) return Infinity
  git(['bisect', 'start', '--no-checkout', ids.at(-1), ids[0]], { cwd })
  const seqs = new Map(ids.map((id, seq) => [id, seq]))
  try {
    for (let steps = 0; ; steps++) {
      const candidate = git(['rev-parse', 'BISECT_HEAD'], { cwd }).toString().trim()
      const answer = git(['bisect', reached[seqs.get(candidate)].has(firstBad) ? 'bad' : 'good'], { cwd }).toString()
      if (answer.includes('is the first bad commit')) return steps + 1
    }
  } finally {
    git(['bisect', 'reset'], { cwd })
  }
}
