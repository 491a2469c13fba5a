/** What the objects are judged against beside each other: the index, the operation log, the counters. */
import type { NodePass } from './nodes.js'
import type { OpLog } from './op-log.js'
import type { DayCounts } from './day-counts.js'
import type { NumberList } from './number-list.js'

export interface ObjectContext {
  readonly nodes: NodePass
  readonly log: OpLog
  readonly days: DayCounts
  /** What stands for the title in the index, by sequence number. */
  readonly titles: NumberList
  /** Hex of this store's id. */
  readonly store: string
}
