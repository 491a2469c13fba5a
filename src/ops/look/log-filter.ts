/** Which ATOMs a log shows: by what the index knows first, by the body only where a filter asks for it. */
import { getAtomIdParts } from '../../object/atom-id.js'
import type { Body } from '../../object/body.js'
import { readObject } from '../../store/objects.js'
import { getBody } from '../../store/body.js'
import type { LogInput } from './log-input.js'
import type { Repo } from '../repo.js'

export type LogFilter = (seq: number) => boolean

/** Lets everything through; compared by identity to know that nothing is filtered. */
export function everyAtom(): boolean {
  return true
}

export interface LogTimes {
  readonly sinceMs: number | undefined
  readonly untilMs: number | undefined
}

/** Returns the filter of a log; `everyAtom` where nothing is asked for. Throws `USAGE` for a pattern that cannot be read. */
export async function makeLogFilter(repo: Repo, input: LogInput, { sinceMs = -Infinity, untilMs = Infinity }: LogTimes): Promise<LogFilter> {
  const filters: LogFilter[] = []
  const types = input.types.map((type) => type.toUpperCase())
  if (sinceMs !== -Infinity || untilMs !== Infinity) {
    filters.push((seq) => {
      const { timeMs } = repo.index.node(seq)
      return timeMs >= sinceMs && timeMs <= untilMs
    })
  }
  if (input.merges !== undefined) filters.push((seq) => (repo.index.parents(seq).length > 1) === (input.merges === 'only'))
  if (types.length > 0) filters.push((seq) => types.includes(getAtomIdParts(repo.index.node(seq).atomId)?.type ?? ''))
  if (input.operations.length > 0) filters.push((seq) => input.operations.includes(repo.index.node(seq).operation))
  if (input.agents.length > 0) filters.push((seq) => input.agents.includes(repo.index.node(seq).agent))
  const wantsBody = await makeBodyFilter(input)
  if (wantsBody !== undefined) filters.push((seq) => wantsBody(getBody(repo.objects, readObject(repo.objects, repo.index.node(seq).id, 'atom').body)))
  if (filters.length === 0) return everyAtom
  return (seq) => filters.every((filter) => filter(seq))
}

async function makeBodyFilter(input: LogInput): Promise<((body: Body | undefined) => boolean) | undefined> {
  if (input.projects.length === 0 && input.grep.length === 0) return undefined
  const matches = input.grep.length === 0 ? undefined : await makeSearch(input)
  return (body) => {
    if (body === undefined) return false
    if (input.projects.length > 0 && !input.projects.includes(body.project ?? '')) return false
    return matches === undefined || matches(body.title) || matches(body.reason ?? '')
  }
}

async function makeSearch(input: LogInput): Promise<(text: string) => boolean> {
  const { anyPattern, createTextPattern } = await import('../../history/pattern/text-pattern.js')
  const pattern = anyPattern(input.grep.map((text) => createTextPattern(text, { kind: input.fixed === true ? 'fixed' : 'extended', ignoreCase: input.ignoreCase === true })))
  return (text) => text !== '' && text.split('\n').some((line) => pattern.matches(line))
}
