/** Room beside the memory, for a document whose parts stand in another order than they are made in. */
export interface Scratch extends AsyncDisposable {
  /** Adds to a part, in the order of the calls. */
  append(part: string, bytes: Uint8Array): Promise<void>
  /** Yields what a part has; nothing where nothing was added. */
  read(part: string): AsyncIterable<Uint8Array>
}

/** Makes an empty one; what it holds is gone when it is disposed of. */
export type OpenScratch = () => Promise<Scratch>
