import { createHash } from 'node:crypto';
import cacache from 'cacache';
import type { RunCache } from '../app/ports.js';
import { put } from './put.js';

/**
 * What was found out about the runs of one repository, in a folder of the user's. Contents are checked by digest when they
 * are read, so that several processes may share the folder, and what is damaged is not there.
 */
export function createRunCache(folder: string, repository: string): RunCache {
  const keyOf = (name: string): string => `runs:${createHash('sha256').update(repository).digest('hex')}:${name}`;
  return {
    read: async (names) => {
      const kept = new Map<string, Uint8Array>();
      const all = names.map(async (name) => {
        const found = await cacache.get(folder, keyOf(name)).catch(() => null);
        if (found !== null) kept.set(name, found.data);
      });
      await Promise.all(all);
      return kept;
    },
    write: async (parts) => {
      await Promise.all([...parts].map(([name, bytes]) => put(folder, keyOf(name), bytes)));
    },
  };
}
