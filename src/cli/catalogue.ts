/**
 * Every command, in the order of the help. To add one: write `commands/<name>.ts` and add its entry here; name, group and
 * summary repeat the declaration, so that `atom --help` loads no command (a test compares them). A hidden command `overview` is what
 * `atom` alone shows; without one it shows the help.
 */
import type { CommandEntry } from './declaration.js'

export const CATALOGUE: readonly CommandEntry[] = [
  { name: 'overview', group: 'start', summary: 'Show where you are and what to type next', hidden: true, load: async () => (await import('./commands/overview.js')).overviewCommand },
  { name: 'init', group: 'start', summary: 'Make a store here, or one for the machine', load: async () => (await import('./commands/init.js')).initCommand },
  { name: 'status', group: 'start', summary: 'Show what changed and was not recorded', load: async () => (await import('./commands/status.js')).statusCommand },
  { name: 'demo', group: 'start', summary: 'Show a whole story with real commands, in a temporary folder', load: async () => (await import('./commands/demo.js')).demoCommand },
  { name: 'config', group: 'start', summary: 'Show or change settings', load: async () => (await import('./commands/config.js')).configCommand },
  { name: 'add', group: 'record', summary: 'Record an ATOM', load: async () => (await import('./commands/add.js')).addCommand },
  { name: 'commit', group: 'record', summary: 'Record the files that changed', load: async () => (await import('./commands/commit.js')).commitCommand },
  { name: 'rm', group: 'record', summary: 'Remove tracked files and record it', load: async () => (await import('./commands/rm.js')).rmCommand },
  { name: 'mv', group: 'record', summary: 'Move or rename a tracked file or folder and record it', load: async () => (await import('./commands/mv.js')).mvCommand },
  { name: 'run', group: 'record', summary: 'Run a command and record what it did', load: async () => (await import('./commands/run.js')).runCommand },
  { name: 'log', group: 'look', summary: 'Show the trail', load: async () => (await import('./commands/log.js')).logCommand },
  { name: 'show', group: 'look', summary: 'Show an ATOM, a file or any object', load: async () => (await import('./commands/show.js')).showCommand },
  { name: 'diff', group: 'look', summary: 'Show what differs between two ATOMs, or from the files on disk', load: async () => (await import('./commands/diff.js')).diffCommand },
  { name: 'blame', group: 'look', summary: 'Show which ATOM wrote each line of a file', load: async () => (await import('./commands/blame.js')).blameCommand },
  { name: 'grep', group: 'look', summary: 'Search tracked files', load: async () => (await import('./commands/grep.js')).grepCommand },
  { name: 'why', group: 'look', summary: 'Show what an ATOM, or a file, was built on', load: async () => (await import('./commands/why.js')).whyCommand },
  { name: 'impact', group: 'look', summary: 'Show what was built on an ATOM', load: async () => (await import('./commands/impact.js')).impactCommand },
  { name: 'stats', group: 'look', summary: 'Count what the trail holds', load: async () => (await import('./commands/stats.js')).statsCommand },
  { name: 'branch', group: 'fork', summary: 'List, create, rename or delete branches', load: async () => (await import('./commands/branch.js')).branchCommand },
  { name: 'checkout', group: 'fork', summary: 'Lay out a branch or an ATOM', load: async () => (await import('./commands/checkout.js')).checkoutCommand },
  { name: 'switch', group: 'fork', summary: 'Switch to a branch', load: async () => (await import('./commands/switch.js')).switchCommand },
  { name: 'restore', group: 'fork', summary: 'Put files back as a revision has them', load: async () => (await import('./commands/restore.js')).restoreCommand },
  { name: 'fork', group: 'fork', summary: 'Begin a branch at an ATOM and switch to it', load: async () => (await import('./commands/fork.js')).forkCommand },
  { name: 'merge', group: 'fork', summary: 'Join another branch to the current one', load: async () => (await import('./commands/merge.js')).mergeCommand },
  { name: 'cherry-pick', group: 'fork', summary: 'Bring the change of single ATOMs onto the current branch', load: async () => (await import('./commands/pick.js')).cherryPickCommand },
  { name: 'revert', group: 'undo', summary: 'Put back what ATOMs changed, by new ATOMs', load: async () => (await import('./commands/pick.js')).revertCommand },
  { name: 'tag', group: 'fork', summary: 'List, create or delete tags', load: async () => (await import('./commands/tag.js')).tagCommand },
  { name: 'reset', group: 'undo', summary: 'Move the current branch to another ATOM', load: async () => (await import('./commands/reset.js')).resetCommand },
  { name: 'undo', group: 'undo', summary: 'Take back the last move of the current branch', load: async () => (await import('./commands/undo.js')).undoCommand },
  { name: 'replay', group: 'undo', summary: 'Lay out the steps of the trail one after the other', load: async () => (await import('./commands/replay.js')).replayCommand },
  { name: 'op', group: 'undo', summary: 'Look at the operation log, or prune it', load: async () => (await import('./commands/op.js')).opCommand },
  { name: 'reflog', group: 'undo', summary: 'Show where a ref has been', load: async () => (await import('./commands/reflog.js')).reflogCommand },
  { name: 'verify', group: 'prove', summary: 'Check every byte, link, index and ref, and say what is proved', load: async () => (await import('./commands/verify.js')).verifyCommand },
  { name: 'fsck', group: 'prove', summary: 'Check objects and links', load: async () => (await import('./commands/fsck.js')).fsckCommand },
  { name: 'cat-file', group: 'prove', summary: 'Show an object as it is stored', load: async () => (await import('./commands/cat-file.js')).catFileCommand },
  { name: 'rev-parse', group: 'prove', summary: 'Show what revisions stand for', load: async () => (await import('./commands/rev-parse.js')).revParseCommand },
  { name: 'ls-tree', group: 'prove', summary: 'List the files of a tree', load: async () => (await import('./commands/ls-tree.js')).lsTreeCommand },
  { name: 'gc', group: 'keep', summary: 'Drop what nothing reaches and tidy up the database', load: async () => (await import('./commands/gc.js')).gcCommand },
  { name: 'forget', group: 'keep', summary: 'Erase a content or the words of an ATOM, and leave a receipt', load: async () => (await import('./commands/forget.js')).forgetCommand },
  { name: 'doctor', group: 'keep', summary: 'Look over the installation and the store, and say how to mend what is wrong', load: async () => (await import('./commands/doctor.js')).doctorCommand },
  { name: 'export', group: 'read', summary: 'Write the trail out for other programs', load: async () => (await import('./commands/export.js')).exportCommand },
  { name: 'import', group: 'read', summary: 'Take in a git repository or JSONL', load: async () => (await import('./commands/import.js')).importCommand },
  { name: 'bisect', group: 'search', summary: 'Find the ATOM that broke something', load: async () => (await import('./commands/bisect.js')).bisectCommand },
  {
    name: 'completion', group: 'start', summary: 'Print the completion script of a shell',
    load: async () => (await import('./commands/completion.js')).makeCompletionCommand(CATALOGUE),
  },
  {
    name: 'help', group: 'start', summary: 'Show the commands, or one of them',
    load: async () => (await import('./commands/help.js')).makeHelpCommand(CATALOGUE),
  },
  {
    name: 'version', group: 'start', summary: 'Show the version',
    load: async () => (await import('./commands/version.js')).versionCommand,
  },
  {
    name: '__complete', group: 'start', summary: 'Print words for the completion scripts', hidden: true,
    load: async () => (await import('./commands/complete.js')).makeCompleteCommand(CATALOGUE),
  },
]
