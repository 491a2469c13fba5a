/** The files beside the store that repeat what is in it: trail.log and the spool. */
import { createReadStream, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { SideFiles } from '../ops/ports.js'

const TRAIL_LOG = 'trail.log'
const TITLE_FIELD = 5
const FORGOTTEN = '(forgotten)'

export function createSideFiles(folder: string): SideFiles {
  return {
    async trailLog() {
      const path = join(folder, TRAIL_LOG)
      return existsSync(path) ? linesOf(path) : undefined
    },
    async erase({ atoms, texts }) {
      return [...eraseTitles(folder, atoms), ...eraseSpooled(folder, texts)]
    },
  }
}

async function* linesOf(path: string): AsyncIterable<string> {
  yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })
}

/** Takes the titles of ATOMs out of trail.log: a new file in place of the old one, whole at every moment. */
function eraseTitles(folder: string, atoms: ReadonlySet<string>): readonly string[] {
  const path = join(folder, TRAIL_LOG)
  if (atoms.size === 0 || !existsSync(path)) return []
  const before = readFileSync(path, 'utf8')
  const after = before.split('\n').map((line) => {
    const fields = line.split('\t')
    return atoms.has(fields[1] ?? '') && fields[TITLE_FIELD] !== FORGOTTEN ? [...fields.slice(0, TITLE_FIELD), FORGOTTEN].join('\t') : line
  }).join('\n')
  if (after === before) return []
  writeFileSync(`${path}.new`, after, { mode: statSync(path).mode, flush: true })
  renameSync(`${path}.new`, path)
  return [TRAIL_LOG]
}

/** Removes spool files, also refused ones, that hold one of the texts, plain or as JSON writes it. */
function eraseSpooled(folder: string, texts: readonly Uint8Array[]): readonly string[] {
  const needles = texts.flatMap((text) => {
    const plain = Buffer.from(text)
    return [plain, Buffer.from(JSON.stringify(plain.toString('utf8')).slice(1, -1))]
  })
  if (needles.length === 0 || !existsSync(join(folder, 'spool'))) return []
  const removed: string[] = []
  for (const entry of readdirSync(join(folder, 'spool'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || !needles.some((needle) => readFileSync(path).includes(needle))) continue
    rmSync(path)
    removed.push(path.slice(folder.length + 1))
  }
  return removed
}
