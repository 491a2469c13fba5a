/** A git repository of the shape that projects have: folders, files that grow and shrink, branches that are merged. The same every time. */
import { mkdirSync } from 'node:fs'
import { FIRST_TIME_MS } from './history.mjs'
import { git } from './command.mjs'

const FILES = 200
const FOLDERS = 20
const MERGE_EVERY = 10

export function makeProject(folder, { commits }) {
  mkdirSync(folder, { recursive: true })
  git(['init', '-q', '-b', 'main', '.'], { cwd: folder })
  git(['fast-import', '--quiet', '--force'], { cwd: folder, input: projectStream(commits) })
  return folder
}

function projectStream(commits) {
  const random = createRandom(42)
  const lines = Array.from({ length: FILES }, (_, file) => Array.from({ length: 20 + random(120) }, (_, line) => `${file}:${line} ${words(random)}`))
  const parts = []
  for (let index = 0; index < commits; index++) {
    const isMerge = index % MERGE_EVERY === MERGE_EVERY - 1
    const isSide = index % MERGE_EVERY === MERGE_EVERY - 2
    const seconds = Math.floor(FIRST_TIME_MS / 1_000) + index * 600
    const message = `${isMerge ? 'Merge branch side' : `change ${index}: ${words(random)}`}\n\n${words(random)}\n${words(random)}\n`
    parts.push(`commit refs/heads/${isSide ? 'side' : 'main'}\nmark :${index + 1}\nauthor Dev ${index % 9} <dev${index % 9}@example.invalid> ${seconds} +0100\ncommitter Dev ${index % 9} <dev${index % 9}@example.invalid> ${seconds} +0100\ndata ${message.length}\n${message}`)
    // A side branch leaves main two commits before its merge.
    if (isSide) parts.push(`from :${index}\n`)
    else if (isMerge) parts.push(`from :${index - 1}\nmerge :${index}\n`)
    else if (index > 0) parts.push(`from :${index}\n`)
    const touched = index === 0 ? lines.keys() : isMerge ? [] : [random(FILES), random(FILES), random(FILES)]
    parts.push(`M 100644 inline VERSION\ndata ${String(index).length}\n${index}\n`)
    for (const file of new Set(touched)) {
      if (index > 0) lines[file].splice(random(lines[file].length), random(2), words(random))
      const text = `${lines[file].join('\n')}\n`
      parts.push(`M ${file % 17 === 0 ? '100755' : '100644'} inline src/folder${file % FOLDERS}/file${file}.txt\ndata ${text.length}\n${text}\n`)
    }
  }
  return Buffer.from(parts.join(''))
}

const WORDS = ['shader', 'cache', 'driver', 'frame', 'value', 'config', 'before', 'after', 'test', 'agent', 'reads', 'writes', 'never', 'always']

function words(random) {
  return Array.from({ length: 4 + random(6) }, () => WORDS[random(WORDS.length)]).join(' ')
}

/** A generator of small numbers that is the same everywhere. */
export function createRandom(seed) {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor(state / 2 ** 32 * limit)
  }
}
