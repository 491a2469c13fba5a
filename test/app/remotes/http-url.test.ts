import { describe, expect, it } from 'vitest'
import { isBelow, parseHttpUrl } from '../../../src/app/remotes/http-url.js'
import { codeOf } from '../../helpers/objects.js'

describe('the URL of an endpoint', () => {
  it.each([
    ['https://trail.example.workers.dev', 'https://trail.example.workers.dev'], ['https://Host.example/a/b/', 'https://host.example/a/b'], ['https://host:8443//', 'https://host:8443'],
    ['http://localhost:8787', 'http://localhost:8787'], ['http://127.0.0.1:80/', 'http://127.0.0.1'], ['http://127.1.2.3/x', 'http://127.1.2.3/x'], ['http://[::1]:9/', 'http://[::1]:9'],
  ])('%s is asked at %s', (text, url) => {
    expect(parseHttpUrl(text)).toBe(url)
  })

  it.each(['http://example.org', 'http://localhost.example.org/', 'http://127.0.0.1.example.org', 'http://10.0.0.1', 'https://', 'https://ann:hunter2@host', 'https://hunter2@host', 'https://host/?token=hunter2', 'https://host/#hunter2'])('%s is refused, and a secret in it not repeated', (text) => {
    expect(codeOf(() => parseHttpUrl(text))).toBe('USAGE')
    expect(() => parseHttpUrl(text)).toThrow(/^(?!.*hunter2)/)
  })

  it('lies below another one at the border of a name alone', () => {
    expect(['https://a', 'https://a/b', 'https://a/b/c', 'https://a/bc', 'https://ab'].map((url) => isBelow(url, 'https://a/b'))).toEqual([false, true, true, false, false])
  })
})
