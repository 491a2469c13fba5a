/**
 * `export prov`: the trail as PROV-JSON. A document has each section once, so the trail is read once for each; what is remembered is
 * which elements are written: some hundred bytes for each content, agent and ATOM outside.
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

export interface ExportProvInput {
  /** `REV` (with all before it) and `A..B`; none = everything that refs reach. */
  readonly revisions: readonly string[]
}

export interface ExportProvResult {
  readonly atoms: number
  /** ATOMs that are named and not described: outside of the range, or not in this store. */
  readonly outside: number
}

/** Returns the use case over what keeps the bytes: it is called once. */
export function exportProv(write: (chunks: AsyncIterable<Uint8Array>) => Promise<void>): Operation<ExportProvInput, ExportProvResult> {
  return {
    name: 'export.prov',
    summary: 'Write the trail as W3C PROV',
    effect: 'read',
    errors: ['REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'OBJECT_NOT_FOUND', 'DATE_INVALID', 'INPUT_INVALID', 'LOCAL_CHANGES', 'FILE_UNWRITABLE', 'STORE_FULL'],
    check: checkInput<ExportProvInput>({ revisions: someOf(filledText) }),
    async run(repo, { revisions }) {
      const counts = { atoms: 0, outside: 0 }
      await write(documentOf(repo, revisions, counts))
      return counts
    },
  }
}

type Section = (typeof SECTIONS)[number]
interface Chosen { readonly set: SeqSet; readonly total: number }

async function* documentOf(repo: Repo, revisions: readonly string[], counts: { atoms: number; outside: number }): AsyncIterable<Uint8Array> {
  const chosen: Chosen = { set: await chooseAtoms(repo, revisions), total: readLogState(repo.store).atoms }
  yield utf8(`{\n"prefix": ${JSON.stringify(PREFIXES)}`)
  let relations = 0
  for (const section of SECTIONS) {
    const written = new Set<string>()
    let isFirst = true
    yield utf8(`,\n"${section.name}": {`)
    for (const { id, value } of sectionItems(repo, section, { chosen, counts })) {
      if (id !== undefined && written.has(id)) continue
      if (id !== undefined && !isLasting(id)) written.add(id)
      yield utf8(`${isFirst ? '' : ','}\n${JSON.stringify(id ?? `_:r${String(++relations)}`)}: ${JSON.stringify(value)}`)
      isFirst = false
    }
    yield utf8('\n}')
  }
  yield utf8('\n}\n')
}

/** Tells ids that come once by themselves: they are not remembered. */
function isLasting(id: string): boolean {
  return id.startsWith('act:') || id.startsWith('file:') || id.startsWith('body:')
}

interface Walk { readonly chosen: Chosen; readonly counts: { atoms: number; outside: number } }

function* sectionItems(repo: Repo, section: Section, { chosen, counts }: Walk): Iterable<ProvItem> {
  const isActivity = section.name === 'activity'
  const outside = new Map<string, ProvItem>()
  for (let seq = 0; seq < chosen.total; seq++) {
    if (!chosen.set.has(seq)) continue
    repo.signal.throwIfAborted()
    const record = readRecord(repo, seq, { files: section.files })
    yield* section.items(record)
    if (!isActivity) continue
    for (const { object } of outsiders(repo, record, chosen.set)) outside.set(object, outsideActivity(object))
    repo.reporter.progress('export prov', ++counts.atoms)
  }
  counts.outside += outside.size
  yield* outside.values()
}

function outsiders(repo: Repo, record: AtomRecord, chosen: SeqSet): ReturnType<typeof namedAtoms> {
  return namedAtoms(record).filter(({ object }) => {
    const seq = repo.index.getSeq(object)
    return seq === undefined || !chosen.has(seq)
  })
}
