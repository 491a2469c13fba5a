/**
 * Draws histories: lanes of text beside a log, as git draws them, and whole graphs for mermaid and dot.
 *
 * The lanes stream: each node is drawn when it is given, knowing nothing of what follows, so a log of any length starts at
 * once. Nodes come with children before parents. What a label holds can break neither a terminal nor the syntax.
 */

export interface LaneNode {
  readonly id: string
  /** Only those that will be drawn later: a lane for any other would never end. */
  readonly parents: readonly string[]
  /** One character in place of `*`. */
  readonly symbol?: string
}

/** The lines of one node, without spaces at their ends. */
export interface LaneRows {
  /** Lines above it: room made for a merge of three or more. */
  readonly before: readonly string[]
  /** The line with its symbol; the text of the node stands to its right. */
  readonly node: string
  /** Lines below it, in which lanes part and meet. Further lines of text may stand beside them. */
  readonly after: readonly string[]
  /** What goes before each further line of text, once `after` is used up. */
  readonly rest: string
}

/** An edge on its way: where it is, in cells of two per lane, and the lane it goes to. */
interface Edge {
  readonly cell: number
  readonly lane: number
}

/** Returns a function that draws one node after the other. It remembers the open lanes and nothing else. */
export function makeLanes(): (node: LaneNode) => LaneRows {
  let lanes: readonly string[] = []
  return (node) => {
    const open = lanes.includes(node.id) ? lanes : [...lanes, node.id]
    const at = open.indexOf(node.id)
    const parents = [...new Set(node.parents)]
    const next = lanesBelow(open, at, parents)
    lanes = next
    const rows = drawNode({ open, at, parents, next })
    const line = rows.node.map((symbol, cell) => (cell === at * 2 ? [...(node.symbol ?? '*')][0] ?? '*' : symbol))
    return { before: rows.before.map(text), node: text(line), after: rows.after.map(text), rest: text(straight(next.length)) }
  }
}

interface Turn {
  readonly open: readonly string[]
  readonly at: number
  readonly parents: readonly string[]
  readonly next: readonly string[]
}

interface TurnRows {
  readonly before: readonly string[][]
  readonly node: readonly string[]
  readonly after: readonly string[][]
}

/** The lanes after a node: its parents take its place, and who waits for the same node shares the leftmost lane. */
function lanesBelow(open: readonly string[], at: number, parents: readonly string[]): string[] {
  return [...new Set([...open.slice(0, at), ...parents, ...open.slice(at + 1)])]
}

function drawNode({ open, at, parents, next }: Turn): TurnRows {
  const laneOf = new Map(next.map((id, lane) => [id, lane]))
  const toLane = (id: string): number => laneOf.get(id) as number
  const edges: Edge[] = []
  const right = open.slice(at + 1)
  // A merge with what the next lane waits for joins it at once, and nothing has to move aside.
  const joinsRight = parents.length === 2 && parents[1] === right[0]
  // A merge with what the lane on the left waits for leans over to it, and needs no lane of its own.
  const leansLeft = !joinsRight && parents.length === 2 && at > 0 && parents.includes(open[at - 1] as string)
  const own = leansLeft ? parents.filter((id) => id !== open[at - 1]) : parents
  const others = joinsRight ? right.slice(1) : right
  for (let lane = 0; lane < at; lane++) edges.push({ cell: lane * 2, lane: toLane(open[lane] as string) })
  own.forEach((id, nth) => edges.push({ cell: (at + nth) * 2, lane: toLane(id) }))
  others.forEach((id, nth) => edges.push({ cell: (at + Math.max(1, own.length) + nth) * 2, lane: toLane(id) }))

  // More than two parents need more room than one line can make: the lanes on the right start to move above the node.
  const early = Math.max(0, parents.length - 2) * 2
  const before: string[][] = []
  for (let moved = 1; right.length > 0 && moved < early; moved++) before.push(row(at + 1, right.length, { moved, symbol: '\\' }))
  const node = row(at + 1, right.length, { moved: early, symbol: early > 0 ? '\\' : '|' })
  if (early > 0) {
    node.fill('-', at * 2 + 1, at * 2 + early)
    node[at * 2 + early] = '.'
  }
  const after: string[][] = []
  if (leansLeft) {
    const line = straight(open.length)
    line[at * 2 - 1] = '/'
    after.push(line)
  } else if (parents.length > 1) {
    const line = joinsRight ? straight(open.length) : row(at + 1, right.length, { moved: early + 1, symbol: '\\' })
    for (let nth = 1; nth < parents.length; nth++) line[(at + nth) * 2 - 1] = '\\'
    after.push(line)
  }
  after.push(...collapse(edges))
  return { before, node, after }
}

interface Moved {
  readonly moved: number
  readonly symbol: '|' | '\\'
}

/** A line with `kept` straight lanes, and the others moved right by so many cells. */
function row(kept: number, others: number, { moved, symbol }: Moved): string[] {
  const cells = straight(kept)
  cells.push(...Array.from({ length: moved }, () => ' '))
  for (let nth = 0; nth < others; nth++) cells.push(symbol, ' ')
  return cells
}

function straight(lanes: number): string[] {
  return Array.from({ length: lanes * 2 }, (_, cell) => (cell % 2 === 0 ? '|' : ' '))
}

/** The lines in which edges that stand right of their lane move left, one step a line; the first may run flat below others. */
function collapse(start: readonly Edge[]): string[][] {
  const rows: string[][] = []
  let edges: readonly Edge[] = start
  while (edges.some((edge) => edge.cell > edge.lane * 2 + 1)) {
    const line: string[] = []
    const moved: Edge[] = []
    let hasFlat = false
    for (const edge of [...edges].sort((left, right) => left.cell - right.cell)) {
      const home = edge.lane * 2
      if (edge.cell <= home + 1) {
        // One that came beside its lane on the line above is home.
        line[home] ??= '|'
        moved.push({ cell: home, lane: edge.lane })
        continue
      }
      const step = edge.cell - (edge.cell % 2 === 0 ? 1 : 2)
      const isFree = line[step] === undefined
      const isShared = moved.some((other) => other.cell === step && other.lane === edge.lane)
      if (!isFree && !isShared) {
        line[edge.cell] = edge.cell % 2 === 0 ? '|' : '/'
        moved.push(edge)
        continue
      }
      line[step] = '/'
      const isFlat = !hasFlat && drawFlat(line, home + 3, step)
      moved.push({ cell: isFlat ? home + 3 : step, lane: edge.lane })
      hasFlat = true
    }
    rows.push(line)
    edges = moved
  }
  return rows
}

/** Draws a flat piece between two cells where all of it is free; tells whether it did. */
function drawFlat(line: string[], from: number, end: number): boolean {
  const cells: number[] = []
  for (let cell = from; cell < end; cell += 2) cells.push(cell)
  if (cells.length === 0 || cells.some((cell) => line[cell] !== undefined)) return false
  for (const cell of cells) line[cell] = '_'
  return true
}

function text(cells: readonly (string | undefined)[]): string {
  return Array.from(cells, (cell) => cell ?? ' ').join('').trimEnd()
}

/** A node of a whole graph. Parents that are not in the list are not drawn. */
export interface DrawnNode {
  readonly id: string
  readonly label: string
  readonly parents: readonly string[]
}

/** Returns the graph as a mermaid flowchart, arrows from child to parent. */
export function renderMermaid(nodes: readonly DrawnNode[]): string {
  const lines = nodes.map((node, index) => `  n${index}["${escapeMermaid(node.label)}"]`)
  const edges = edgesOf(nodes).map(([child, parent]) => `  n${child} --> n${parent}`)
  return `${['flowchart TD', ...lines, ...edges].join('\n')}\n`
}

/** Returns the graph in the language of Graphviz, arrows from child to parent. */
export function renderDot(nodes: readonly DrawnNode[]): string {
  const lines = nodes.map((node, index) => `  n${index} [label="${escapeDot(node.label)}"];`)
  const edges = edgesOf(nodes).map(([child, parent]) => `  n${child} -> n${parent};`)
  return `${['digraph atoms {', '  node [shape=box];', ...lines, ...edges, '}'].join('\n')}\n`
}

function edgesOf(nodes: readonly DrawnNode[]): [number, number][] {
  const indexOf = new Map(nodes.map((node, index) => [node.id, index]))
  return nodes.flatMap((node, child) => node.parents.flatMap((id): [number, number][] => {
    const parent = indexOf.get(id)
    return parent === undefined ? [] : [[child, parent]]
  }))
}

/** Control characters become their pictures; what turns the direction of writing, or is half a character, becomes U+FFFD. */
function visible(label: string): string {
  return label
    .replace(/\p{Cc}/gu, (char) => {
      const code = char.charCodeAt(0)
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd'
    })
    .replace(/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/gu, '\ufffd')
}

/** Mermaid reads markup and entities inside quotes: all that could begin one is written as a number. */
function escapeMermaid(label: string): string {
  return visible(label).replace(/["#&<>`;\\]/g, (char) => `#${char.charCodeAt(0)};`)
}

function escapeDot(label: string): string {
  return visible(label).replace(/["\\]/g, (char) => `\\${char}`)
}
