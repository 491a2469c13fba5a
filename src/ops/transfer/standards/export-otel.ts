/** `export otel`: the trail as traces of OpenTelemetry, in lines of OTLP/JSON as its file exporter writes and collectors read. Streams. */
import { getText, utf8 } from '../../../base/bytes.js'
import { digestOf } from '../../../codec/object-id.js'
import type { SeqSet } from '../../../history/graph/seq-set.js'
import { readLogState } from '../../../refs/log-state.js'
import { META } from '../../../store/objects.js'
import type { Json } from '../../../trail/atom-json.js'
import { readRecord, type AtomRecord } from '../../../trail/record.js'
import { checkInput, filledText, someOf } from '../../check.js'
import type { Operation } from '../../operation.js'
import type { Repo } from '../../repo.js'
import { chooseAtoms } from '../jsonl/export-jsonl.js'
import { atomSpan, attributes, SEMANTIC_CONVENTIONS, spanContext, type SpanContext, type SpanLinks } from './otel-span.js'

export interface ExportOtelInput {
  /** `REV` (with all before it) and `A..B`; none = everything that refs reach. */
  readonly revisions: readonly string[]
}

export interface ExportOtelResult {
  readonly atoms: number
  /** Each is a whole request. */
  readonly lines: number
}

/** A line is a request of its own; collectors refuse large ones. */
export const SPANS_PER_LINE = 1_000
/** The same for texts that are long. */
const LINE_MAX_CHARACTERS = 2_000_000

/** Returns the use case over what keeps the bytes: it is called once. */
export function exportOtel(write: (chunks: AsyncIterable<Uint8Array>) => Promise<void>): Operation<ExportOtelInput, ExportOtelResult> {
  return {
    name: 'export.otel',
    summary: 'Write the trail as OpenTelemetry traces',
    effect: 'read',
    errors: ['REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'OBJECT_NOT_FOUND', 'DATE_INVALID', 'INPUT_INVALID', 'LOCAL_CHANGES', 'FILE_UNWRITABLE', 'STORE_FULL'],
    check: checkInput<ExportOtelInput>({ revisions: someOf(filledText) }),
    async run(repo, { revisions }) {
      const counts = { atoms: 0, lines: 0 }
      await write(linesOf(repo, revisions, counts))
      return counts
    },
  }
}

async function* linesOf(repo: Repo, revisions: readonly string[], counts: { atoms: number; lines: number }): AsyncIterable<Uint8Array> {
  const chosen = await chooseAtoms(repo, revisions)
  const total = readLogState(repo.store).atoms
  const roots = rootsOf(repo, total)
  const project = getProject(repo)
  let spans: string[] = []
  let characters = 0
  const line = (): Uint8Array => {
    counts.lines++
    const bytes = utf8(requestLine(project, spans))
    spans = []
    characters = 0
    return bytes
  }
  for (let seq = 0; seq < total; seq++) {
    if (!chosen.has(seq)) continue
    repo.signal.throwIfAborted()
    const record = readRecord(repo, seq)
    const span = JSON.stringify(atomSpan(record, linksOf(repo, record, { chosen, roots })))
    spans.push(span)
    characters += span.length
    repo.reporter.progress('export otel', ++counts.atoms)
    if (spans.length === SPANS_PER_LINE || characters > LINE_MAX_CHARACTERS) yield line()
  }
  if (spans.length > 0) yield line()
}

/** Returns the oldest ATOM on the line of first parents, for each ATOM: parents arrive before their children. */
function rootsOf(repo: Repo, total: number): Uint32Array {
  const roots = new Uint32Array(total)
  for (let seq = 0; seq < total; seq++) {
    const [first] = repo.index.parents(seq)
    roots[seq] = first === undefined ? seq : roots[first] ?? seq
  }
  return roots
}

interface Lines { readonly chosen: SeqSet; readonly roots: Uint32Array }

function linksOf(repo: Repo, { seq, header }: AtomRecord, { chosen, roots }: Lines): SpanLinks {
  const contextOf = (of: number): SpanContext => spanContext(digestOf(repo.index.node(of).id), digestOf(repo.index.node(roots[of] ?? of).id))
  const [first, ...others] = repo.index.parents(seq)
  const isChild = first !== undefined && chosen.has(first)
  const parents = first === undefined || isChild ? others : [first, ...others]
  const influences = header.influencedBy.flatMap(({ object }) => repo.index.getSeq(object) ?? [])
  return {
    context: contextOf(seq),
    ...(isChild && { parentSpanId: contextOf(first).spanId }),
    links: [...parents.map((of) => ({ context: contextOf(of), relation: 'parent' as const })), ...influences.map((of) => ({ context: contextOf(of), relation: 'influence' as const }))],
  }
}

function getProject(repo: Repo): string {
  const stored = repo.store.getRecord(META.project)
  return (stored && getText(stored)) || 'atom'
}

/** Spans stand as JSON already. */
function requestLine(project: string, spans: readonly string[]): string {
  const resource: Json = { attributes: attributes({ 'service.name': project }) }
  const schema = JSON.stringify(SEMANTIC_CONVENTIONS)
  return `{"resourceSpans":[{"resource":${JSON.stringify(resource)},"scopeSpans":[{"scope":{"name":"atom-trail"},"spans":[${spans.join(',')}],"schemaUrl":${schema}}],"schemaUrl":${schema}}]}\n`
}
