import { describe, expect, it } from 'vitest'
import { parseBubble } from '../../../src/capture/transcripts/cursor-bubble.js'

const about = { key: 'c\nb', model: 'the session has it' }
const tool = (toolFormerData: object): readonly unknown[] => [...parseBubble({ type: 2, toolFormerData }, about).events]

describe('a bubble of Cursor', () => {
  it('is a prompt, or what the agent said, with its time and its tokens', () => {
    expect(parseBubble({ type: 1, text: 'make it', createdAt: '2026-03-01T10:00:00.000Z' }, about)).toMatchObject({ timeMs: Date.UTC(2026, 2, 1, 10), events: [{ is: 'prompt', key: 'c\nb', text: 'make it', by: 'user' }] })
    expect(parseBubble({ type: 2, text: 'done', createdAt: 1_772_359_200_000, tokenCount: { inputTokens: 10, outputTokens: 2 } }, about)).toMatchObject({
      timeMs: 1_772_359_200_000, events: [{ is: 'text', text: 'done' }, { is: 'usage', key: 'c\nb', model: 'the session has it', tokens: { input: 10, output: 2 } }],
    })
    expect(parseBubble({ type: 'ai', rawText: 'older', timingInfo: { clientEndTime: 1_772_359_200_000 }, tokenCount: { inputTokens: 0, outputTokens: 0 } }, about)).toMatchObject({ timeMs: 1_772_359_200_000, events: [{ is: 'text' }] })
    expect(parseBubble({ type: 2, thinking: { text: 'hm' } }, about).events).toEqual([])
    expect(parseBubble({ type: 9 }, about)).toMatchObject({ isUnknown: true, type: 'bubble of type 9' })
  })

  it('has calls with arguments and results in texts, whatever version of the tool', () => {
    expect(tool({ name: 'run_terminal_command_v2', toolCallId: 't', status: 'completed', rawArgs: '{"command":"ls"}', result: '{"output":"a","exitCodeV2":2}' })).toMatchObject([
      { is: 'call', key: 'c\nb\nt', tool: 'run_terminal_command_v2', work: { kind: 'command', command: ['ls'] } }, { is: 'result', result: { output: 'a', exitCode: 2, isError: true } },
    ])
    expect(tool({ name: 'edit_file', status: 'completed', params: '{"relativeWorkspacePath":"a.env"}', result: '{"diff":{"chunks":[{"diffString":"+A=1"},{"diffString":"-B"}]}}' })).toMatchObject([
      { work: { kind: 'edit', edits: [{ path: 'a.env' }] } }, { result: { isError: false, patch: '+A=1\n-B' } },
    ])
    expect(tool({ name: 'read_file_v2', status: 'completed', params: '{}', result: 'not JSON' })).toMatchObject([{ work: { kind: 'quiet' } }, { result: { output: 'not JSON' } }])
    expect(tool({ name: 'mcp_x', status: 'running', params: '{}' })).toMatchObject([{ is: 'call', work: { kind: 'other' } }])
    expect(tool({ name: 'mcp_x', status: 'cancelled' })).toMatchObject([{ is: 'call' }, { is: 'result', result: { isError: true } }])
    expect(tool({ additionalData: { status: 'error' } })).toEqual([])
  })
})
