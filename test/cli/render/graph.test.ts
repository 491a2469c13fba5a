import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeLanes, renderDot, renderMermaid } from '../../../src/cli/render/graph.js'
import { walk } from '../../../src/history/graph/walk.js'
import { aGraph, type NamedGraph } from '../../helpers/graph.js'
import { randomGraphs } from '../../helpers/random-graph.js'

/** Draws the nodes in the order given, children first, each with its name beside it. */
function draw(graph: NamedGraph, order: readonly string[]): string[] {
  const lanes = makeLanes()
  return order.flatMap((id) => {
    const rows = lanes({ id, parents: graph.ids(graph.parents(graph.seq(id))) })
    return [...rows.before, `${rows.node} ${id}`, ...rows.after]
  })
}

describe('makeLanes', () => {
  it('draws a line', () => {
    expect(draw(aGraph('a-b-c'), ['c', 'b', 'a'])).toEqual(['* c', '* b', '* a'])
  })

  it('draws a merge and the fork below it', () => {
    expect(draw(aGraph('a-b-d, a-c-d'), ['d', 'c', 'b', 'a'])).toEqual(['* d', '|\\', '| * c', '* | b', '|/', '* a'])
  })

  it('draws a merge with what the next lane waits for', () => {
    expect(draw(aGraph('a-b-m, a-c-m, c-t'), ['m', 't', 'b', 'c', 'a'])).toEqual(['* m', '|\\', '| | * t', '| |/', '* | b', '| * c', '|/', '* a'])
    expect(draw(aGraph('r-a-m, r-b-m, b-z'), ['z', 'm', 'a', 'b', 'r'])).toEqual(['* z', '| * m', '|/|', '| * a', '* | b', '|/', '* r'])
    expect(draw(aGraph('r-a-m, r-b-m, r-a-x-y, r-b-z'), ['x', 'm', 'z', 'b', 'a', 'r'])).toEqual(['* x', '| * m', '|/|', '| | * z', '| |/', '| * b', '* | a', '|/', '* r'])
  })

  it('draws an octopus', () => {
    expect(draw(aGraph('r-a-m, r-b-m, r-c-m'), ['m', 'c', 'b', 'a', 'r'])).toEqual([
      '*-. m', '|\\ \\', '| | * c', '| * | b', '| |/', '* | a', '|/', '* r',
    ])
  })

  it('makes room for an octopus beside other lanes', () => {
    expect(draw(aGraph('r-a-m, r-b-m, r-c-m, m-t, r-o-t'), ['t', 'm', 'o', 'c'])).toEqual([
      '* t', '|\\', '|  \\', '*-. \\ m', '|\\ \\ \\', '| | | * o', '| | * | c', '| | |/',
    ])
  })

  it('runs flat below the lanes that an edge has to pass', () => {
    const lanes = makeLanes()
    for (const [id, parent] of [['x', 'r'], ['y', 'b'], ['z', 'c']] as const) lanes({ id, parents: [parent] })
    const rows = lanes({ id: 'w', parents: ['r'] })
    expect([rows.node, ...rows.after, rows.rest]).toEqual(['| | | *', '| |_|/', '|/| |', '| | |'])
  })

  it('closes the lane of a root, and keeps unrelated ones apart', () => {
    expect(draw(aGraph('a-b, x-y'), ['y', 'b', 'x', 'a'])).toEqual(['* y', '| * b', '* | x', ' /', '* a'])
  })

  it('takes another symbol, but one character of it', () => {
    expect(makeLanes()({ id: 'a', parents: [], symbol: 'ox' }).node).toBe('o')
    expect(makeLanes()({ id: 'a', parents: [], symbol: '' }).node).toBe('*')
  })

  it('draws any graph: one symbol per node, one lane per node waited for, nothing left open at the end', () => {
    fc.assert(fc.property(randomGraphs(40), (graph) => {
      const lanes = makeLanes()
      const waited = new Set<string>()
      for (const seq of walk(graph, Array.from({ length: graph.size }, (_, at) => at))) {
        const id = graph.id(seq)
        const parents = graph.ids(graph.parents(seq))
        const rows = lanes({ id, parents })
        waited.delete(id)
        for (const parent of parents) waited.add(parent)
        expect(rows.node.split('*')).toHaveLength(2)
        for (const row of [...rows.before, ...rows.after]) expect(row).toMatch(/^[|\\/_ ]*[|\\/_]$/)
        expect(rows.rest.split('|').length - 1).toBe(waited.size)
        expect(rows.after.length).toBeLessThan(200)
      }
      expect(waited.size).toBe(0)
    }))
  })
})

const hostile = 'say "hi" \\ \u001b[31m\n\u0000\u007f\u0085\u202e<b>&#1;`x`; \ud800'

describe('renderMermaid', () => {
  it('draws nodes and the edges between those it has', () => {
    expect(renderMermaid([{ id: 'b', label: 'two', parents: ['a', 'gone'] }, { id: 'a', label: 'one', parents: [] }])).toBe(
      'flowchart TD\n  n0["two"]\n  n1["one"]\n  n0 --> n1\n',
    )
  })

  it('lets no label out of its quotes', () => {
    expect(renderMermaid([{ id: 'a', label: hostile, parents: [] }])).toBe(
      'flowchart TD\n  n0["say #34;hi#34; #92; \u241b[31m\u240a\u2400\u2421\ufffd\ufffd#60;b#62;#38;#35;1#59;#96;x#96;#59; \ufffd"]\n',
    )
  })
})

describe('renderDot', () => {
  it('draws nodes and the edges between those it has', () => {
    expect(renderDot([{ id: 'b', label: 'two', parents: ['a', 'gone'] }, { id: 'a', label: 'one', parents: [] }])).toBe(
      'digraph atoms {\n  node [shape=box];\n  n0 [label="two"];\n  n1 [label="one"];\n  n0 -> n1;\n}\n',
    )
  })

  it('lets no label out of its quotes', () => {
    expect(renderDot([{ id: 'a', label: hostile, parents: [] }])).toContain('label="say \\"hi\\" \\\\ \u241b[31m\u240a\u2400\u2421\ufffd\ufffd<b>&#1;`x`; \ufffd"')
  })
})
