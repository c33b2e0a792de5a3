import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { types } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import cacache from 'cacache';
import type { FactCache, FactPack } from '../app/ports.js';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const KEPT_MILLISECONDS = 30 * DAY_MILLISECONDS;
const PRUNED_EVERY_MILLISECONDS = 7 * DAY_MILLISECONDS;
/** Packs read or written at once: more only wait for the disk. */
const AT_ONCE = 16;

/**
 * Facts in a folder of the user's, each pack under the hash of what it was read from. Packs are immutable and checked
 * by digest when they are read, so that several processes may share the folder, and a damaged pack is one that is
 * not there.
 */
export function createFactCache(folder: string): FactCache {
  return {
    read: async (keys) => {
      const packs = new Map<string, FactPack>();
      await inTurns(keys, async (key) => {
        const pack = await readPack(folder, key);
        if (pack !== null) packs.set(key, pack);
      });
      return packs;
    },
    write: async (packs) => {
      await inTurns([...packs], async ([key, pack]) => {
        // A full disk or a folder that may not be written costs the next review some time, and nothing else.
        await cacache.put(folder, key, serialize(pack)).catch(() => {});
      });
    },
  };
}

/** Removes packs that nobody wrote for thirty days, at most once a week. */
export async function pruneFactCache(folder: string, now: number): Promise<void> {
  const marker = join(folder, 'pruned');
  const last = await stat(marker).catch(() => null);
  if (last !== null && now - last.mtimeMs < PRUNED_EVERY_MILLISECONDS) return;
  const entries = await cacache.ls(folder).catch(() => ({}));
  for (const entry of Object.values(entries)) {
    if (now - entry.time > KEPT_MILLISECONDS) await cacache.rm.entry(folder, entry.key).catch(() => {});
  }
  await cacache.verify(folder).catch(() => {});
  await writeFile(marker, '').catch(() => {});
}

async function readPack(folder: string, key: string): Promise<FactPack | null> {
  try {
    const { data } = await cacache.get(folder, key);
    const pack: unknown = deserialize(data);
    return types.isMap(pack) ? (pack as FactPack) : null;
  } catch {
    // Not there, cut short, or of another digest: it is read again and written over.
    return null;
  }
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}
