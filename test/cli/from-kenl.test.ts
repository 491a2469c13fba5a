import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/cli/catalogue.js'
import { textOf } from '../architecture/sources.js'
import { useCli } from '../helpers/cli.js'

const PAGE = textOf('docs/from-kenl.md')
const LINES = [...PAGE.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => (block ?? '').trimEnd().split('\n'))

describe('docs/from-kenl.md', () => {
  const cli = useCli()

  function put(path: string, content: string): void {
    mkdirSync(join(cli.home, path, '..'), { recursive: true })
    writeFileSync(join(cli.home, path), content)
  }

  function shell(line: string): Promise<string> {
    return new Promise((resolve) => {
      const child = spawn('/bin/sh', ['-c', `atom() { atom.js "$@"; }\n${line}`], { cwd: cli.project, env: cli.env() })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
      child.stdin.end()
      child.on('close', (status) => { resolve(status === 0 ? '' : `${line}: ${String(status)} ${output.slice(0, 400)}`) })
    })
  }

  it('has lines that run, one after the other, where KENL left what it leaves', async () => {
    put('.config/atom-sage/trails/atom_trail.log', '[2025-11-14 09:30:00] ATOM-CFG-20251114-001 | raise the limit\n  Context: ann@bazzite:/home/ann\n[2025-11-14 09:31:00] ATOM-TASK-20251114-002 | first line\nsecond line\n  Context: ann@bazzite:/home/ann\n')
    put('.config/atom-sage/trails/.counter', '002')
    put('.kenl/saif-trail.log', '{"timestamp":"2025-11-25T10:00:00Z","flag":"SAIF-CONFIG-20251125-003","action":"CHANGE","subject":"gpu","description":"say "hi"","status":"OK","platform":"linux"}\n')
    put('project/.atom-trail/decisions/ATOM-DOC-20260101-001-why.json', '{"atom_tag":"ATOM-DOC-20260101-001-why","type":"DOC","description":"Why","timestamp":"2026-01-01T11:39:32Z"}')
    put('project/rows.json', '[{"atom_id":"ATOM-CFG-20241127-002","operation":"modify_file","agent":"qwen","timestamp":"2024-11-27T10:27:33+00:00","signature":null,"previous_atom":"null","metadata":"{\\"title\\":\\"T\\"}","context_sync_ref":null,"token_cost":0}]')
    put('project/gaming.env', 'DXVK=2.4\n')
    expect(LINES.length).toBeGreaterThan(30)
    const failed: string[] = []
    for (const line of LINES) failed.push(await shell(line))
    expect(failed.filter((one) => one !== '')).toEqual([])
  }, 120_000)

  it('names no command in its tables that is not there', () => {
    const typed = [...PAGE.matchAll(/^\| .* \| (.*) \|$/gm)].flatMap(([, cell]) => [...(cell ?? '').matchAll(/`atom ([a-zA-Z-]+)/g)].map(([, word]) => word ?? ''))
    const names = CATALOGUE.map(({ name }) => name)
    expect(typed.filter((word) => !names.includes(word) && !/^[A-Z]+$/.test(word))).toEqual([])
    expect(typed.length).toBeGreaterThan(20)
  })
})
