/**
 * `export prov`: the trail as PROV-JSON. A document has each section once and an ATOM is in all of them, so the trail is read once and its sections grow side by side;
 * what is remembered is which elements are written: some hundred bytes for each content, agent and ATOM outside.
 */
import { utf8 } from '../../../base/bytes.js'
import type { SeqSet } from '../../../history/graph/seq-set.js'
import { readLogState } from '../../../refs/log-state.js'
import { readRecord, type AtomRecord } from '../../../trail/record.js'
import { checkInput, filledText, someOf } from '../../check.js'
import type { Operation } from '../../operation.js'
import type { Repo } from '../../repo.js'
import { chooseAtoms } from '../jsonl/export-jsonl.js'
import { namedAtoms, outsideActivity, PREFIXES, SECTIONS, type ProvItem } from './prov-form.js'
import type { OpenScratch, Scratch } from './scratch.js'

export interface ExportProvInput {
  /** `REV` (with all before it) and `A..B`; none = everything that refs reach. */
  readonly revisions: readonly string[]
}

export interface ExportProvResult {
  readonly atoms: number
  /** ATOMs that are named and not described: outside of the range, or not in this store. */
  readonly outside: number
}

/** Returns the use case over what keeps the bytes, which is called once, and room for the sections until then. */
export function exportProv(write: (chunks: AsyncIterable<Uint8Array>) => Promise<void>, openScratch: OpenScratch): Operation<ExportProvInput, ExportProvResult> {
  return {
    name: 'export.prov',
    summary: 'Write the trail as W3C PROV',
    effect: 'read',
    errors: ['REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'OBJECT_NOT_FOUND', 'DATE_INVALID', 'INPUT_INVALID', 'LOCAL_CHANGES', 'FILE_UNWRITABLE', 'STORE_FULL'],
    check: checkInput<ExportProvInput>({ revisions: someOf(filledText) }),
    async run(repo, { revisions }) {
      const counts = { atoms: 0, outside: 0 }
      await write(documentOf(repo, openScratch, { revisions, counts }))
      return counts
    },
  }
}

interface Wanted { readonly revisions: readonly string[]; readonly counts: { atoms: number; outside: number } }

async function* documentOf(repo: Repo, openScratch: OpenScratch, { revisions, counts }: Wanted): AsyncIterable<Uint8Array> {
  await using scratch = await openScratch()
  const sections = createSections(scratch)
  await describe(repo, sections, { chosen: await chooseAtoms(repo, revisions), counts })
  yield utf8(`{\n"prefix": ${JSON.stringify(PREFIXES)}`)
  for (const { name } of SECTIONS) {
    yield utf8(`,\n"${name}": {`)
    yield* scratch.read(name)
    yield utf8('\n}')
  }
  yield utf8('\n}\n')
}

/** Adds every chosen ATOM to every section, then those that are only named. */
async function describe(repo: Repo, sections: Sections, { chosen, counts }: { readonly chosen: SeqSet; readonly counts: Wanted['counts'] }): Promise<void> {
  const { atoms: total } = readLogState(repo.store)
  const outside = new Map<string, ProvItem>()
  for (let seq = 0; seq < total; seq++) {
    if (!chosen.has(seq)) continue
    repo.signal.throwIfAborted()
    const record = readRecord(repo, seq, { files: 'include' })
    for (const { name, items } of SECTIONS) for (const item of items(record)) sections.add(name, item)
    for (const { object } of outsiders(repo, record, chosen)) outside.set(object, outsideActivity(object))
    if (sections.isFull) await sections.flush()
    repo.reporter.progress('export prov', ++counts.atoms)
  }
  counts.outside += outside.size
  for (const item of outside.values()) sections.add('activity', item)
  await sections.flush()
}

function outsiders(repo: Repo, record: AtomRecord, chosen: SeqSet): ReturnType<typeof namedAtoms> {
  return namedAtoms(record).filter(({ object }) => {
    const seq = repo.index.getSeq(object)
    return seq === undefined || !chosen.has(seq)
  })
}

interface Sections {
  /** Adds an element, once, or a relation, which gets an id of its own. */
  add(section: string, item: ProvItem): void
  /** Time to flush. */
  readonly isFull: boolean
  flush(): Promise<void>
}

const HELD_MAX_CHARACTERS = 1_048_576

function createSections(scratch: Scratch): Sections {
  const written = new Set<string>()
  const begun = new Set<string>()
  const held = new Map<string, string[]>()
  let heldCharacters = 0
  let relations = 0
  return {
    add(section, { id, value }) {
      if (id !== undefined && written.has(id)) return
      if (id !== undefined && !isLasting(id)) written.add(id)
      const text = `${begun.has(section) ? ',' : ''}\n${JSON.stringify(id ?? `_:r${String(++relations)}`)}: ${JSON.stringify(value)}`
      begun.add(section)
      const texts = held.get(section)
      if (texts === undefined) held.set(section, [text])
      else texts.push(text)
      heldCharacters += text.length
    },
    get isFull() {
      return heldCharacters >= HELD_MAX_CHARACTERS
    },
    async flush() {
      for (const [section, texts] of held) await scratch.append(section, utf8(texts.join('')))
      held.clear()
      heldCharacters = 0
    },
  }
}

/** Tells ids that come once by themselves: they are not remembered. */
function isLasting(id: string): boolean {
  return id.startsWith('act:') || id.startsWith('file:') || id.startsWith('body:')
}
