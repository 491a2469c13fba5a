/** `export kenl`: the trail as KENL's programs write and read it. Streams; memory does not grow with the trail. */
import { utf8 } from '../../../base/bytes.js'
import { readRecord, type AtomRecord } from '../../../trail/record.js'
import { readLogState } from '../../../refs/log-state.js'
import { checkInput, filledText, oneOf, someOf } from '../../check.js'
import type { Operation } from '../../operation.js'
import type { Repo } from '../../repo.js'
import { chooseAtoms } from '../jsonl/export-jsonl.js'
import { lineF4, linesF1, tagF1 } from './kenl-lines.js'
import { CREATE_TABLE, insertRow, kenlRow } from './kenl-row.js'

export const KENL_FORMATS = ['F1', 'F4', 'd1', 'd1-json'] as const
export type KenlFormat = (typeof KENL_FORMATS)[number]

export interface ExportKenlInput {
  /** `REV` (with all before it) and `A..B`; none = everything that refs reach. */
  readonly revisions: readonly string[]
  readonly format: KenlFormat
}

export interface ExportKenlResult {
  readonly format: KenlFormat
  readonly atoms: number
  /** ATOMs whose id the format cannot hold as a tag: it stands beside it. */
  readonly bentTags: number
}

/** Returns the use case over what keeps the bytes: it is called once. */
export function exportKenl(write: (chunks: AsyncIterable<Uint8Array>) => Promise<void>): Operation<ExportKenlInput, ExportKenlResult> {
  return {
    name: 'export.kenl',
    summary: 'Write the trail as KENL\'s log or table',
    effect: 'read',
    errors: ['REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'OBJECT_NOT_FOUND', 'DATE_INVALID', 'INPUT_INVALID', 'LOCAL_CHANGES', 'FILE_UNWRITABLE', 'STORE_FULL'],
    check: checkInput<ExportKenlInput>({ revisions: someOf(filledText), format: oneOf(...KENL_FORMATS) }),
    async run(repo, { revisions, format }) {
      const counts = { atoms: 0, bentTags: 0 }
      await write(chunksOf(repo, { revisions, format, counts }))
      return { format, ...counts }
    },
  }
}

interface Exporting extends ExportKenlInput {
  readonly counts: { atoms: number; bentTags: number }
}

async function* chunksOf(repo: Repo, { revisions, format, counts }: Exporting): AsyncIterable<Uint8Array> {
  const chosen = await chooseAtoms(repo, revisions)
  const total = readLogState(repo.store).atoms
  const encode = ENCODERS[format](repo)
  if (format === 'd1') yield utf8(CREATE_TABLE)
  for (let seq = 0; seq < total; seq++) {
    if (!chosen.has(seq)) continue
    repo.signal.throwIfAborted()
    const record = readRecord(repo, seq, { files: format.startsWith('d1') ? 'include' : 'omit' })
    if (format === 'F1' && tagF1(record.header.atomId) !== record.header.atomId) counts.bentTags++
    yield await encode(record)
    repo.reporter.progress('export kenl', ++counts.atoms)
  }
}

type Encode = (record: AtomRecord) => Uint8Array | Promise<Uint8Array>

const ENCODERS: { readonly [Format in KenlFormat]: (repo: Repo) => Encode } = {
  'F1': ({ objects }) => (record) => linesF1(objects, record),
  'F4': ({ objects }) => (record) => lineF4(objects, record),
  'd1': (repo) => rows(repo, insertRow),
  'd1-json': (repo) => rows(repo, (row) => `${JSON.stringify(row)}\n`),
}

/** Each row names the hash of the one before it. */
function rows(repo: Repo, format: (row: ReturnType<typeof kenlRow>) => string): Encode {
  let previousHash: string | null = null
  return async (record) => {
    const isShared = (await repo.index.withAtomId(record.header.atomId)).length > 1
    const row = kenlRow(record, { objects: repo.objects, isShared, previousHash })
    previousHash = String(row['hash'])
    return utf8(format(row))
  }
}
