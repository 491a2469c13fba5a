/** A line of one's own, `{"type":"DECISION","title":"…"}`: recorded as `add` does, once however often the file is imported. */
import { AtomError } from '../../../base/errors.js'
import { utf8 } from '../../../base/bytes.js'
import { sha256Hex } from '../../../codec/hash.js'
import { resolveAtom } from '../../../history/resolve.js'
import type { Influence } from '../../../object/atom.js'
import type { Body } from '../../../object/body.js'
import type { SealedObject } from '../../../object/seal.js'
import type { TreeEntry } from '../../../object/tree.js'
import { findRequest } from '../../../refs/operation-log.js'
import { sealContent } from '../../../store/content.js'
import { trackedPath } from '../../../trail/paths.js'
import { checkType } from '../../../trail/types.js'
import { resolveContext, targetRef } from '../../context.js'
import { getProject } from '../../record/add.js'
import { asMap, readBody, readBytes, readList, readMode, readText, readTimeMs, trackedOf, type JsonMap } from './jsonl-form.js'
import { recordDraft, type Draft } from '../../record/record-draft.js'
import type { Repo } from '../../repo.js'

export interface PendingRecording {
  readonly number: number
  /** The line as it stands. */
  readonly raw: Uint8Array
  readonly done: Promise<'recorded' | 'repeated'>
}

const FIELDS = new Set([
  'kind', 'type', 'title', 'operation', 'agent', 'project', 'timestamp', 'influenced_by', 'reason', 'metadata', 'context_sync_ref', 'evidence', 'tokens', 'files',
])

/** Starts to record a line. Throws what is wrong with it; the promise rejects where the store refuses it. */
export async function recordLine(repo: Repo, { line, number, text, raw }: { readonly line: JsonMap; readonly number: number; readonly text: string; readonly raw: Uint8Array }): Promise<PendingRecording> {
  for (const key of Object.keys(line)) {
    if (!FIELDS.has(key)) throw new AtomError('INPUT_INVALID', `the field ${JSON.stringify(key.slice(0, 80))} is unknown`, { data: { field: key }, hint: `known are ${[...FIELDS].join(', ')}` })
  }
  const request = sha256Hex(utf8(`import jsonl\n${String(number)}\n${text}`)).slice(0, 32)
  if (await findRequest(repo.store, request) !== undefined) return { number, raw, done: Promise.resolve('repeated') }
  const draft = await draftOf(repo, line)
  const done = recordDraft(repo, draft, { ref: targetRef(repo), command: 'import jsonl', request }).then((): 'recorded' => 'recorded')
  // Looked at when the group is settled.
  done.catch(() => undefined)
  return { number, raw, done }
}

async function draftOf(repo: Repo, line: JsonMap): Promise<Draft> {
  const type = checkType(readText(line, 'type'))
  if (readText(line, 'title') === '') throw new AtomError('INPUT_INVALID', 'title must be a text that is not empty', { data: { field: 'title' } })
  const { files, objects } = readFiles(line)
  const { salt: _, ...body } = readBody(line)
  return {
    type,
    ...(isGiven(line, 'operation') && { operation: readText(line, 'operation') }),
    agent: isGiven(line, 'agent') ? readText(line, 'agent') : repo.identity.agent,
    ...(isGiven(line, 'timestamp') && { timeMs: readTimeMs(line, 'timestamp') }),
    influencedBy: await readInfluences(repo, line),
    body: withProject(repo, body),
    files,
    objects,
    layout: [],
  }
}

function isGiven(line: JsonMap, field: string): boolean {
  return line[field] !== undefined && line[field] !== null
}

function withProject(repo: Repo, body: Body): Body {
  const project = body.project ?? getProject(repo)
  return project === undefined ? body : { ...body, project }
}

/** Revisions as texts, or what the JSON of an ATOM has there. */
async function readInfluences(repo: Repo, line: JsonMap): Promise<readonly Influence[]> {
  const influences = new Map<string, Influence>()
  for (const item of readList(line, 'influenced_by')) {
    const revision = typeof item === 'string' ? item : readText(asMap(item, 'influenced_by'), 'object')
    const { digest } = repo.index.node(await resolveAtom(resolveContext(repo), revision))
    influences.set(digest, { object: digest })
  }
  return [...influences.values()]
}

function readFiles(line: JsonMap): { readonly files: ReadonlyMap<string, TreeEntry | undefined>; readonly objects: readonly SealedObject[] } {
  const files = new Map<string, TreeEntry | undefined>()
  const objects: SealedObject[] = []
  for (const item of readList(line, 'files')) {
    const file = asMap(item, 'files')
    const path = checkedPath(readText(file, 'path'))
    if (file['change'] === 'delete') {
      files.set(path, undefined)
      continue
    }
    const content = sealContent(readBytes(file))
    objects.push(...content.objects)
    files.set(path, { mode: readMode(file['mode']), link: content.id })
  }
  return { files, objects }
}

function checkedPath(shown: string): string {
  const [, scope, rest] = /^(project|home|system)\/(.*)$/s.exec(trackedOf(shown)) ?? []
  return trackedPath(scope as 'project' | 'home' | 'system', rest ?? '')
}
