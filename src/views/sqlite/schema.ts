/**
 * The tables of the view, column by column with what each says. The DDL carries the words as comments, so that `.schema` of any client explains them; docs/views.md
 * is compared with them by a test.
 *
 * RECIPE goes up with every change here or in what fills the tables: a view of another recipe is made again.
 */
export const RECIPE = 1

export interface Column {
  readonly name: string
  /** As in the DDL; '' for a column that holds whatever was measured. */
  readonly type: string
  readonly says: string
}

export interface Table {
  readonly name: string
  readonly says: string
  readonly columns: readonly Column[]
  /** Columns that tell one row from all others: what rows are compared by. */
  readonly key: readonly string[]
  readonly constraints: readonly string[]
  /** Kept in the order of its primary key. */
  readonly withoutRowid: boolean
  /** What follows `ON`, made last when a whole view is built; `UNIQUE` before it where it is. */
  readonly indexes: readonly string[]
}

type Given = Omit<Table, 'columns' | 'constraints' | 'indexes' | 'withoutRowid'> & Partial<Pick<Table, 'constraints' | 'indexes'>> & { readonly columns: readonly (readonly [name: string, type: string, says: string])[] }

function table({ columns, constraints = [], indexes = [], ...rest }: Given): Table {
  return { ...rest, constraints, indexes, withoutRowid: constraints.some((text) => text.startsWith('PRIMARY KEY')), columns: columns.map(([name, type, says]) => ({ name, type, says })) }
}

/** Rows of an ATOM hang on its number: they lie in order, and need no index over 64 digits each. */
const SEQ = ['seq', 'INTEGER NOT NULL REFERENCES atom_trail(seq)', 'the ATOM'] as const
const ONLY_SEQ = ['seq', 'INTEGER PRIMARY KEY REFERENCES atom_trail(seq)', 'the ATOM'] as const
const OBJECT = ['object', 'TEXT NOT NULL', 'its object id'] as const
const POSITION = ['position', 'INTEGER NOT NULL', 'counts from 0'] as const
const BY_POSITION = 'PRIMARY KEY (seq, position)'

export const TABLES: readonly Table[] = [
  table({
    name: 'about',
    says: 'what this view is of, and how far it is',
    columns: [
      ['key', 'TEXT PRIMARY KEY', 'recipe, store, root, refs, op, ops, atoms, nul'],
      ['value', 'TEXT NOT NULL', 'root: the object id of the refs object over branches and tags; refs: its bytes in hex; op: the last operation followed; atoms: arrivals followed'],
    ],
    key: ['key'],
  }),
  table({
    name: 'atom_trail',
    says: 'every ATOM that a branch, a tag, HEAD or a remote-tracking ref leads to: one row each, also where two have the same atom id',
    columns: [
      ['seq', 'INTEGER PRIMARY KEY', 'in which order it arrived in this store'],
      ['object', 'TEXT NOT NULL', 'its identity: the SHA-256 of its header, 64 hex digits'],
      ['atom_id', 'TEXT NOT NULL', 'its name: ATOM-CFG-20241127-003; not unique'],
      ['type', 'TEXT NOT NULL', 'DECISION, CFG, RESEARCH, …'],
      ['operation', 'TEXT NOT NULL', 'the verb recorded: modify_file, save_decision, …'],
      ['agent', 'TEXT NOT NULL', 'who acted'],
      ['project', 'TEXT', 'what the work was for'],
      ['timestamp', 'TEXT NOT NULL', 'when: RFC 3339, UTC, with milliseconds'],
      ['signature', 'TEXT NOT NULL', 'sha256: and the object id'],
      ['previous_atom', 'TEXT', 'atom id of the first parent'],
      ['previous_object', 'TEXT', 'the first parent itself'],
      ['title', 'TEXT', 'what was done; NULL where it was forgotten'],
      ['reason', 'TEXT', 'why'],
      ['metadata', 'TEXT NOT NULL', 'a JSON object'],
      ['context_sync_ref', 'TEXT', 'the row of context-sync it belongs to'],
      ['token_cost', 'INTEGER NOT NULL', 'tokens in all; 0 where none were counted'],
      ['sage_run', 'TEXT', 'metadata.sage_run: the run it belongs to'],
      ['tree', 'TEXT NOT NULL', 'object id of the tracked files after it'],
      ['tainted', 'INTEGER NOT NULL', '1: it builds, near or far, on something that was taken back'],
      ['forgotten', 'INTEGER NOT NULL', '1: its body was erased'],
    ],
    key: ['seq'],
    constraints: ['FOREIGN KEY (previous_object) REFERENCES atom_trail(object)'],
    indexes: ['UNIQUE (object)', '(atom_id)', '(timestamp)', '(project, timestamp)', '(sage_run) WHERE sage_run IS NOT NULL', '(tainted) WHERE tainted = 1'],
  }),
  table({
    name: 'merged',
    says: 'the parents of merges behind the first one; the view `parents` has all of them',
    columns: [SEQ, ['position', 'INTEGER NOT NULL', 'counts from 1'], ['parent', 'TEXT NOT NULL', 'object id of what was merged']],
    key: ['seq', 'position'],
    constraints: [BY_POSITION, 'FOREIGN KEY (parent) REFERENCES atom_trail(object)'],
  }),
  table({
    name: 'influences',
    says: 'what an ATOM was built on; it need not be in this trail',
    columns: [SEQ, POSITION, ['influence', 'TEXT NOT NULL', 'object id of the ATOM that it builds on'], ['store', 'TEXT', 'id of the store that holds it, where it is another one']],
    key: ['seq', 'position'],
    constraints: [BY_POSITION],
    indexes: ['(influence)'],
  }),
  table({
    name: 'taken_back',
    says: 'what was reverted or refuted, by what that still counts',
    columns: [['object', 'TEXT NOT NULL', 'the ATOM that was taken back; it need not be in this trail'], ['by_object', 'TEXT NOT NULL', 'the ATOM that did it'], ['by_atom_id', 'TEXT NOT NULL', 'its atom id']],
    key: ['object', 'by_object'],
    constraints: ['PRIMARY KEY (object, by_object)'],
  }),
  table({
    name: 'files',
    says: 'the files that an ATOM changed, against its first parent',
    columns: [
      SEQ, ['scope', 'TEXT NOT NULL', 'project, home or system'], ['path', 'TEXT NOT NULL', 'as shown: gaming.env, ~/x, /etc/x'], ['change', 'TEXT NOT NULL', 'add, modify, delete, mode or type'],
      ['before', 'TEXT', 'object id of the content before'], ['after', 'TEXT', 'object id of the content after'], ['mode', 'TEXT NOT NULL', '0644, 0755 or symlink'],
    ],
    key: ['seq', 'scope', 'path'],
    constraints: ['PRIMARY KEY (seq, scope, path)'],
    indexes: ['(path)', '(after)'],
  }),
  table({
    name: 'evidence',
    says: 'captured output, files and measured values',
    columns: [
      SEQ, POSITION, ['name', 'TEXT NOT NULL', 'what it is'], ['phase', 'TEXT NOT NULL', 'before, after or other'], ['command', 'TEXT', 'a JSON list of words'],
      ['path', 'TEXT', 'the file it was read from'], ['exit_code', 'INTEGER', 'of the command'], ['duration_ms', 'INTEGER', 'of the command'],
      ['content', 'TEXT', 'object id of what was captured'], ['value', '', 'what was measured: a number or a text'], ['unit', 'TEXT', 'of the value'],
    ],
    key: ['seq', 'position'],
    constraints: [BY_POSITION],
  }),
  table({
    name: 'tokens',
    says: 'what an ATOM cost, where that was counted',
    columns: [
      ONLY_SEQ, ['model', 'TEXT', 'the model'], ['input', 'INTEGER NOT NULL', 'tokens in'], ['output', 'INTEGER NOT NULL', 'tokens out'], ['cache_read', 'INTEGER NOT NULL', 'read from the cache'],
      ['cache_write', 'INTEGER NOT NULL', 'written to the cache'], ['total', 'INTEGER NOT NULL', 'all of them, each once'], ['cost_usd', 'REAL', 'in dollars'],
    ],
    key: ['seq'],
  }),
  table({
    name: 'decisions',
    says: 'the ATOMs of type DECISION',
    columns: [
      ONLY_SEQ, OBJECT, ['atom_id', 'TEXT NOT NULL', 'its name'], ['project', 'TEXT', 'what it was for'], ['agent', 'TEXT NOT NULL', 'who decided'], ['title', 'TEXT', 'what was decided'],
      ['reason', 'TEXT', 'why'], ['timestamp', 'TEXT NOT NULL', 'when'],
    ],
    key: ['seq'],
    indexes: ['(project, timestamp)'],
  }),
  table({
    name: 'conversations',
    says: 'the ATOMs that hold one turn of a conversation: those whose metadata has a role',
    columns: [
      ONLY_SEQ, OBJECT, ['atom_id', 'TEXT NOT NULL', 'its name'], ['project', 'TEXT', 'what it was for'], ['session', 'TEXT', 'metadata.session'], ['tool', 'TEXT NOT NULL', 'metadata.tool, else the agent'],
      ['role', 'TEXT NOT NULL', 'metadata.role: user, assistant, …'], ['content', 'TEXT', 'metadata.content, else the reason, else the title'], ['timestamp', 'TEXT NOT NULL', 'when'],
    ],
    key: ['seq'],
    indexes: ['(session, timestamp)'],
  }),
  table({
    name: 'projects',
    says: 'one row for each project that an ATOM names',
    columns: [
      ['name', 'TEXT PRIMARY KEY', 'its name'], ['atoms', 'INTEGER NOT NULL', 'how many ATOMs'], ['token_cost', 'INTEGER NOT NULL', 'their tokens'], ['first_at', 'TEXT NOT NULL', 'time of the earliest'],
      ['last_at', 'TEXT NOT NULL', 'time of the latest'],
    ],
    key: ['name'],
  }),
  table({
    name: 'sage_runs',
    says: 'one row for each metadata.sage_run: a change proved by evidence',
    columns: [
      ['run', 'TEXT PRIMARY KEY', 'its name'], ['project', 'TEXT', 'what it was for'], ['atoms', 'INTEGER NOT NULL', 'how many ATOMs'], ['state', 'TEXT', 'the last metadata.state'],
      ['conclusion', 'TEXT', 'the last metadata.conclusion'], ['token_cost', 'INTEGER NOT NULL', 'their tokens'], ['first_at', 'TEXT NOT NULL', 'time of the earliest'], ['last_at', 'TEXT NOT NULL', 'time of the latest'],
    ],
    key: ['run'],
  }),
  table({
    name: 'refs',
    says: 'HEAD, branches, tags and remote-tracking refs',
    columns: [
      ['name', 'TEXT PRIMARY KEY', 'in full: refs/heads/main'], ['object', 'TEXT', 'where it points; NULL for a symbolic one'], ['symbolic', 'TEXT', 'the ref that it stands for'],
      ['atom', 'TEXT', 'the ATOM that it leads to, through annotated tags'],
    ],
    key: ['name'],
  }),
  table({
    name: 'operations',
    says: 'the operation log: every move of a ref',
    columns: [
      ['seq', 'INTEGER PRIMARY KEY', 'counts from 1'], ['object', 'TEXT NOT NULL', 'its object id'], ['timestamp', 'TEXT NOT NULL', 'when'], ['agent', 'TEXT NOT NULL', 'who'], ['command', 'TEXT NOT NULL', 'by which command'],
      ['request', 'TEXT', 'the id of the request'], ['changes', 'TEXT NOT NULL', 'a JSON list of {ref, before, after}'],
    ],
    key: ['seq'],
    indexes: ['UNIQUE (object)'],
  }),
]

/** Views of SQL: what can be said of the tables without another one. */
export const VIEWS: readonly { readonly name: string; readonly says: string; readonly columns: readonly Column[]; readonly select: string }[] = [
  {
    name: 'parents',
    says: 'what came before on the branch: position 0 is the first parent',
    columns: [{ name: 'object', type: 'TEXT', says: 'the ATOM' }, { name: 'position', type: 'INTEGER', says: 'counts from 0' }, { name: 'parent', type: 'TEXT', says: 'the ATOM before it' }],
    select: 'SELECT object, 0 AS position, previous_object AS parent FROM atom_trail WHERE previous_object IS NOT NULL UNION ALL SELECT object, position, parent FROM merged JOIN atom_trail USING (seq)',
  },
]

/** The columns of the full-text table, each with its weight when results are ranked. */
export const SEARCH_COLUMNS: readonly (readonly [name: string, weight: number, says: string])[] = [
  ['title', 10, 'the title'],
  ['reason', 5, 'the reason'],
  ['details', 3, 'metadata, names and values of evidence'],
  ['paths', 5, 'the paths of the files it changed'],
  ['contents', 1.5, 'lines that it added to text files, and captured output, up to a bound'],
  ['names', 2, 'type, operation, agent, project'],
]

export const SEARCH_DDL: string = `CREATE VIRTUAL TABLE search -- full-text search: WHERE search MATCH 'words', its rowid is atom_trail.seq\n  USING fts5(${SEARCH_COLUMNS.map(([name]) => name).join(', ')}, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE search_words USING fts5vocab(search, 'row');`

/** Returns the statements that make the tables, without indexes. */
export function tablesDdl(tables: readonly Table[] = TABLES): string {
  return tables.map(tableDdl).join('\n')
}

export function viewsDdl(): string {
  return VIEWS.map(({ name, says, select }) => `CREATE VIEW ${name} AS -- ${says}\n  ${select};`).join('\n')
}

function tableDdl({ name, says, columns, constraints, withoutRowid }: Table): string {
  const parts = [...columns.map((column) => ({ text: `${column.name}${column.type === '' ? '' : ` ${column.type}`}`, says: ` -- ${column.says}` })), ...constraints.map((text) => ({ text, says: '' }))]
  const lines = parts.map(({ text, says: words }, index) => `  ${text}${index === parts.length - 1 ? '' : ','}${words}`)
  return `CREATE TABLE ${name} ( -- ${says}\n${lines.join('\n')}\n)${withoutRowid ? ' WITHOUT ROWID' : ''};`
}

/** Returns the statements that make the indexes. */
export function indexesDdl(tables: readonly Table[] = TABLES): readonly string[] {
  return tables.flatMap(({ name, indexes }) => indexes.map((index, at) => {
    const isUnique = index.startsWith('UNIQUE ')
    return `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX ${name}_${String(at)} ON ${name}${index.slice(isUnique ? 6 : 0).replace(/^\(/, ' (')};`
  }))
}
