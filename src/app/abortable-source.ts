import type { ChangeSource } from './ports.js';

/** The same source, which reads nothing more once the signal has aborted, and reads the trees once. */
export function abortableSource(source: ChangeSource, signal: AbortSignal): ChangeSource {
  let snapshot: ReturnType<ChangeSource['snapshot']> | null = null;
  return {
    snapshot: async () => {
      signal.throwIfAborted();
      snapshot ??= source.snapshot();
      return await snapshot;
    },
    announce: source.announce,
    readBlobs: async (ids) => {
      signal.throwIfAborted();
      return await source.readBlobs(ids);
    },
    close: source.close,
  };
}
