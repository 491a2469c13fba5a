/** `atom import`: takes in what other programs recorded. */
import { TRANSCRIPT_AGENTS } from '../../ops/transfer/transcripts/transcript-agents.js'
import { defineGroup, type Command } from '../command.js'

export const importCommand: Command = defineGroup({
  name: 'import',
  group: 'read',
  summary: 'Take in what other programs recorded',
  examples: [
    ['atom import git .', 'every commit of the repository here becomes an ATOM'],
    ['atom import jsonl trail.jsonl', 'take in what `atom export jsonl` wrote, or lines of your own'],
    ['atom import claude-code', 'the sessions of this project become ATOMs'],
  ],
  subcommands: [
    {
      name: 'git', group: 'read', summary: 'Import the history of a git repository',
      load: async () => (await import('./import-git.js')).importGitCommand,
    },
    {
      name: 'kenl', group: 'read', summary: 'Take in logs, decisions and databases of KENL',
      load: async () => (await import('./import-kenl.js')).importKenlCommand,
    },
    {
      name: 'context-sync', group: 'read', summary: 'Take in what context-sync servers wrote',
      load: async () => (await import('./import-context-sync.js')).importContextSyncCommand,
    },
    {
      name: 'jsonl', group: 'read', summary: 'Take in JSON lines',
      load: async () => (await import('./import-jsonl.js')).importJsonlCommand,
    },
    ...TRANSCRIPT_AGENTS.map((agent) => ({
      name: agent.name, group: 'read' as const, summary: `Import the sessions of ${agent.label}`,
      load: async () => (await import('./import-transcripts.js')).importTranscriptsCommand(agent),
    })),
  ],
})
