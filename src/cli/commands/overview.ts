import { getFolder } from '../../app/folder.js'
import { digestOf } from '../../codec/object-id.js'
import { overview, type Overview } from '../../ops/look/overview.js'
import { formatTime, toAtomJson } from '../../trail/atom-json.js'
import { defineCommand, type Command } from '../command.js'
import type { Line } from '../terminal/output.js'
import { titleSpan } from '../render/atom-lines.js'

/** What `atom` alone shows: at most 20 lines. */
export const overviewCommand: Command = defineCommand({
  name: 'overview',
  group: 'start',
  summary: 'Show where you are and what to type next',
  hidden: true,
  examples: [['atom', 'where you are, the last three ATOMs, what to type next']],
  perform: async (host) => {
    const folder = getFolder(host.context)
    if (folder === undefined) {
      if (host.output.isJson) await host.output.json({ folder: null })
      else for (const line of startLines()) await host.output.line(line)
      return
    }
    const seen = await host.runOperation(overview, {}) as Overview
    if (host.output.isJson) await host.output.json({ folder: folder.path, project: seen.project ?? null, branch: seen.branch ?? null, atoms: seen.atoms, recent: seen.recent.map(toAtomJson) })
    else for (const line of overviewLines(folder.path, seen)) await host.output.line(line)
  },
})

function startLines(): readonly Line[] {
  return [
    [['plain', 'No atom store here or above.']],
    [],
    ...commands([['atom init', 'make one in this folder'], ['atom demo', 'see a whole story, in a temporary folder'], ['atom import git .', 'after init: take a git history over'], ['atom help', 'all commands']]),
  ]
}

function overviewLines(folder: string, seen: Overview): readonly Line[] {
  return [
    [['plain', 'Store   '], ['path', folder], ['dim', `  ${seen.project ?? ''}, ${String(seen.atoms)} ${seen.atoms === 1 ? 'ATOM' : 'ATOMs'}`]],
    [['plain', 'Branch  '], seen.branch === undefined ? ['warn', '(detached HEAD)'] : ['branch', seen.branch]],
    [],
    ...seen.recent.map((record): Line => [
      ['id', digestOf(record.id).slice(0, 10)], ['plain', '  '], ['atom', record.header.atomId], ['plain', '  '], ['time', formatTime(record.header.timeMs).slice(0, 16)],
      ['plain', '  '], ['agent', record.header.agent], ['plain', '  '], titleSpan(record.body?.title),
    ]),
    ...(seen.recent.length === 0 ? [] : [[] as Line]),
    ...commands([
      ['atom add DECISION "…"', 'record something'], ['atom status', 'what changed on disk'], ['atom log', 'the trail'],
      ['atom why PATH', 'what a file was built on'], ['atom help', 'all commands'],
    ]),
  ]
}

function commands(rows: readonly (readonly [typed: string, does: string])[]): readonly Line[] {
  const width = Math.max(...rows.map(([typed]) => typed.length))
  return rows.map(([typed, does]) => [['plain', '  '], ['command', typed.padEnd(width)], ['dim', `   ${does}`]])
}
