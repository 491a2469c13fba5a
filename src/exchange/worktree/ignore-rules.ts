/** What `.gitignore` files name. The only door of the `ignore` package, which is loaded only where such a file is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ignore } from 'ignore'
import { unreadable } from './look.js'

/** The rules that hold in a folder: its own before those above it. */
export interface IgnoreRules {
  /** Returns the rules one folder further down. */
  enter(folder: string, name: string): Promise<IgnoreRules>
  /** Tells whether a name in this folder is left out. */
  isIgnored(name: string, kind: 'file' | 'folder'): boolean
}

interface Level { readonly rules: Ignore; readonly depth: number }

/** Returns the rules of a folder with nothing above it. */
export async function openIgnoreRules(folder: string): Promise<IgnoreRules> {
  return rulesAt({ levels: await withFolder([], folder, 0), segments: [] })
}

function rulesAt({ levels, segments }: { readonly levels: readonly Level[]; readonly segments: readonly string[] }): IgnoreRules {
  return {
    async enter(folder, name) {
      const below = [...segments, name]
      return rulesAt({ levels: await withFolder(levels, folder, below.length), segments: below })
    },
    isIgnored(name, kind) {
      for (const { rules, depth } of levels) {
        const { ignored, unignored } = rules.test([...segments.slice(depth), kind === 'folder' ? `${name}/` : name].join('/'))
        if (ignored) return true
        if (unignored) return false
      }
      return false
    },
  }
}

async function withFolder(levels: readonly Level[], folder: string, depth: number): Promise<readonly Level[]> {
  const text = getRules(join(folder, '.gitignore'))
  if (text === undefined) return levels
  const { default: ignore } = await import('ignore')
  return [{ rules: (ignore as unknown as (options: { ignorecase: boolean }) => Ignore)({ ignorecase: false }).add(text), depth }, ...levels]
}

function getRules(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ELOOP') return undefined
    throw unreadable(file, error)
  }
}
