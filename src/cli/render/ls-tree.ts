import { digestOf } from '../../codec/object-id.js'
import type { TreeItem } from '../../ops/prove/ls-tree.js'
import type { Line } from '../terminal/output.js'

/** Renders an entry as git does: mode, type, id, a tab, the name. */
export function renderTreeItem({ mode, type, object, path, seen = path, sizeBytes }: TreeItem, options: { readonly nameOnly?: boolean; readonly long?: boolean } = {}): Line {
  if (options.nameOnly === true) return [['path', seen]]
  const size = options.long === true ? ` ${(sizeBytes === undefined ? '-' : String(sizeBytes)).padStart(7)}` : ''
  return [['dim', `${modeText(mode)} ${type} `], ['id', digestOf(object)], ['count', size], ['content', '\t'], ['path', seen]]
}

export function treeItemJson({ mode, type, object, path, sizeBytes }: TreeItem): unknown {
  return { mode: modeText(mode), type, object: digestOf(object), path, size: sizeBytes ?? null }
}

function modeText(mode: number): string {
  return mode.toString(8).padStart(6, '0')
}
