/** What an agent's tools do, by their names and arguments: edit files, run commands, only look, or something else. */
import type { ToolEdit, ToolWork } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields, getList, getName, getText, type JsonFields } from './fields.js'

/** They look, or change nothing but the agent's own notes. Compared without case, `_` and `-`. */
const QUIET = new Set([
  'read', 'readfile', 'readfiles', 'readmanyfiles', 'viewfile', 'view', 'grep', 'glob', 'ls', 'list', 'listdir', 'listdirectory', 'listfiles', 'search', 'searchfiles', 'searchfilecontent', 'codebasesearch', 'filesearch', 'grepsearch',
  'find', 'finder', 'findbyname', 'globfilesearch', 'ripgrep', 'ripgreprawsearch', 'semanticsearch', 'websearch', 'webfetch', 'searchweb', 'googlewebsearch', 'readurlcontent', 'readlints', 'getdiagnostics', 'geterrors', 'notebookread', 'toolsearch', 'lsp',
  'todowrite', 'todoread', 'writetodos', 'updateplan', 'updatetodolist', 'savememory', 'enterplanmode', 'exitplanmode', 'askuserquestion', 'askuser', 'bashoutput', 'taskoutput', 'tasklist', 'taskget', 'reportintent', 'viewimage', 'skill', 'think', 'oracle',
])

const COMMANDS = new Set(['bash', 'shell', 'shellcommand', 'localshellcall', 'execcommand', 'exec', 'runshellcommand', 'runterminalcmd', 'runterminalcommand', 'runinterminal', 'runcommand', 'terminal', 'execute', 'powershell', 'containerexec'])

const PATHS = ['file_path', 'filePath', 'filepath', 'path', 'notebook_path', 'target_file', 'absolute_path', 'targetFile', 'TargetFile', 'relativeWorkspacePath', 'file', 'uri']
const BEFORE = ['old_string', 'oldString', 'old_str', 'oldText', 'old_text', 'oldStr']
const AFTER = ['new_string', 'newString', 'new_str', 'newText', 'new_text', 'newStr', 'new_source']
const WHOLE = ['content', 'contents', 'file_text', 'fileText', 'new_content', 'newContent', 'text', 'code_edit', 'codeEdit']
const PATCHES = ['patch', 'input', 'patch_text', 'patchText', 'diff']

function plain(tool: string): string {
  return tool.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Returns the work of a call. */
export function workOf(tool: string, input: unknown): ToolWork {
  const name = plain(tool)
  const fields = getFields(input)
  if (QUIET.has(name)) return { kind: 'quiet' }
  if (COMMANDS.has(name)) return { kind: 'command', command: commandOf(input) }
  return editOf(name, fields, input) ?? { kind: 'other' }
}

function commandOf(input: unknown): readonly string[] {
  const fields = getFields(input)
  const given = fields?.['command'] ?? fields?.['cmd'] ?? fields?.['CommandLine'] ?? fields?.['commandLine'] ?? getFields(fields?.['action'])?.['command'] ?? input
  if (typeof given === 'string') return [given]
  return getList(given).filter((word) => typeof word === 'string')
}

const EDITS = /edit|write|replace|create|delete|patch|strreplace|insert|applydiff|searchreplace/
const NO_EDITS = /^(?:mcp|create(?:task|issue|pullrequest)|task)/

function editOf(name: string, fields: JsonFields | undefined, input: unknown): ToolWork | undefined {
  if (!EDITS.test(name) || NO_EDITS.test(name)) return undefined
  const patch = typeof input === 'string' ? input : getText(fields, ...PATCHES)
  if (patch !== undefined && (name.includes('patch') || patch.startsWith('*** Begin Patch'))) return { kind: 'edit', edits: patchEdits(patch), patch }
  const path = getName(fields, ...PATHS)
  if (path === undefined) return undefined
  const parts = getList(fields?.['edits']).flatMap((edit) => replacement(path, getFields(edit)))
  if (parts.length > 0) return { kind: 'edit', edits: parts }
  const one = replacement(path, fields)
  if (one.length > 0) return { kind: 'edit', edits: one }
  const whole = getText(fields, ...WHOLE)
  const how = name.startsWith('delete') ? 'delete' : name.startsWith('create') ? 'create' : 'write'
  return { kind: 'edit', edits: [{ path, how, ...(whole !== undefined && { after: whole }) }] }
}

function replacement(path: string, fields: JsonFields | undefined): readonly ToolEdit[] {
  const before = getText(fields, ...BEFORE)
  const after = getText(fields, ...AFTER)
  if (before === undefined && after === undefined) return []
  return [{ path, how: 'modify', ...(before !== undefined && before !== '' && { before }), ...(after !== undefined && { after }) }]
}

const PATCH_FILE = /^\*\*\* (Add|Update|Delete) File: (.+?)\r?$|^\+\+\+ (?:b\/)?(.+?)\r?$/gm

/** Returns the files that a patch names, in the form of Codex or in that of diff. */
export function patchEdits(patch: string): readonly ToolEdit[] {
  const hows = { Add: 'create', Update: 'modify', Delete: 'delete' } as const
  return [...patch.matchAll(PATCH_FILE)].map(([, verb, path, other]): ToolEdit => ({ path: path ?? other ?? '', how: hows[(verb ?? 'Update') as keyof typeof hows] }))
}
