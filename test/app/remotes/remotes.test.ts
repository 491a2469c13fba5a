import { describe, expect, it } from 'vitest'
import { checkUrl, openUrl } from '../../../src/app/remotes/remotes.js'
import { silentReporter } from '../../../src/base/ports.js'
import { codeOf } from '../../helpers/objects.js'

describe('the URL of a remote', () => {
  it('is a path, made absolute, or says its kind', () => {
    expect(checkUrl('../stick', '/home/ann/project')).toBe('/home/ann/stick')
    expect(checkUrl('file:///media/stick', '/home/ann')).toBe('file:///media/stick')
    expect(['git+file:../host.git', 'git+file:///host.git', 'git+ssh://git@h/x'].map((url) => checkUrl(url, '/home/ann'))).toEqual(['git+file:/home/host.git', 'git+file:///host.git', 'git+ssh://git@h/x'])
  })

  it('of a kind that there is not is refused, and what there is named', () => {
    expect(codeOf(() => checkUrl('gopher://x/y', '/'))).toBe('UNSUPPORTED')
    expect(() => openUrl('gopher://x/y', { cwd: '/', env: {}, signal: new AbortController().signal, reporter: silentReporter })).toThrow(/gopher/)
  })

  it('holds no password, and the refusal does not repeat it', () => {
    expect(codeOf(() => checkUrl('file://ann:hunter2@host/x', '/'))).toBe('USAGE')
    expect(() => checkUrl('file://ann:hunter2@host/x', '/')).not.toThrow(/hunter2/)
  })
})
