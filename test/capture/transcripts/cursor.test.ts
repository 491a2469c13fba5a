import { describe, expect, it } from 'vitest'
import { resolveRef } from '../../../src/refs/ref.js'
import { readObject } from '../../../src/store/objects.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { importTexts, jsonLines, readLines } from '../../helpers/transcripts.js'

const ASKED = { role: 'user', message: { content: [{ type: 'text', text: '<user_query>\nwrite it\n</user_query>' }] } }
const DONE = { role: 'assistant', message: { content: [{ type: 'text', text: 'so' }, { type: 'tool_use', name: 'Write', input: { path: 'a.env', contents: 'A=1' } }, { type: 'tool_use', name: 'Read', input: { path: 'b' } }] } }

describe('Cursor transcripts', () => {
  it('have the query between tags, and calls without ids', async () => {
    const events = (await readLines('cursor', jsonLines(ASKED, DONE))).flatMap((line) => line.events)
    expect(events).toMatchObject([{ is: 'prompt', text: 'write it' }, { is: 'text', text: 'so' }, { is: 'call', work: { kind: 'edit', edits: [{ path: 'a.env', how: 'write', after: 'A=1' }] } }, { is: 'call', work: { kind: 'quiet' } }])
    expect((await readLines('cursor', jsonLines({ role: 'tool', message: {} }, { role: 'user' }))).map(({ type }) => type)).toEqual(['role tool', 'line without a role'])
  })

  it('have no times: the ATOMs are of 1970, in order, and say so', async () => {
    const repo = await aRepo()
    const result = await importTexts(repo, 'cursor', { s: jsonLines(ASKED, DONE) })
    expect(Object.fromEntries(result.types)).toEqual({ SESSION: 1, PROMPT: 1, EDIT: 1, TURN: 1, IMPORT: 1 })
    expect(readObject(repo.objects, resolveRef(repo.store, 'refs/heads/sessions/cursor')!, 'atom').timeMs).toBe(0)
    expect((await importTexts(repo, 'cursor', { s: jsonLines(ASKED, DONE, ASKED) })).added).toBe(2)
  })
})
