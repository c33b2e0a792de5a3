import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { types } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import cacache from 'cacache';
import { type FactCache, factsKey, type NamedBlob } from '../app/ports.js';
import type { FileFacts } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import { type Pack, packsOf, placeOf } from './fact-packs.js';
import { put } from './put.js';

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
    lookUp: async (trees, version, wanted) => {
      const both = trees.flatMap((files) => packsOf(filesNear(wanted, trees, files), version));
      const packs = [...new Map(both.map((pack) => [pack.key, pack])).values()];
      const kept = new Map<string, Uint8Array>();
      const lacking: Pack[] = [];
      await inTurns(packs, async (pack) => {
        const files = await readPack(folder, pack);
        if (files === null) lacking.push(pack);
        else for (const [key, bytes] of files) kept.set(key, bytes);
      });
      return { known: factsIn(kept, wanted), keep: async (read) => keepPacks(folder, lacking, kept, read) };
    },
  };
}

/** The files of the packs that hold something wanted, in whichever tree: what one lacks may be in the other. */
function filesNear(
  wanted: ReadonlySet<string> | undefined,
  trees: readonly (readonly NamedBlob[])[],
  files: readonly NamedBlob[],
): readonly NamedBlob[] {
  if (wanted === undefined) return files;
  const near = trees.flat().filter((file) => wanted.has(factsKey(file)));
  const folders = new Set(near.map(({ path }) => folderOf(path)));
  const places = new Set(near.map(({ path }) => placeOf(path)));
  return files.filter(({ path }) => folders.has(folderOf(path)) && places.has(placeOf(path)));
}

function folderOf(path: RepoPath): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The other files of a pack stay bytes: to make facts of them would take longer than all else. */
function factsIn(
  kept: ReadonlyMap<string, Uint8Array>,
  wanted: ReadonlySet<string> | undefined,
): ReadonlyMap<string, FileFacts> {
  const known = new Map<string, FileFacts>();
  for (const [key, bytes] of kept) {
    const facts = wanted?.has(key) === false ? null : unpacked(bytes);
    if (facts !== null) known.set(key, facts);
  }
  return known;
}

/** A pack is kept when all of it is known, so that what is found later is whole. */
async function keepPacks(
  folder: string,
  packs: readonly Pack[],
  kept: ReadonlyMap<string, Uint8Array>,
  read: ReadonlyMap<string, FileFacts>,
): Promise<void> {
  await inTurns(packs, async ({ key, files }) => {
    const contents = files.flatMap((file): [RepoPath, Uint8Array][] => {
      const facts = read.get(factsKey(file));
      const bytes = facts === undefined ? kept.get(factsKey(file)) : serialize(facts);
      return bytes === undefined ? [] : [[file.path, bytes]];
    });
    if (contents.length < files.length) return;
    await put(folder, key, serialize(new Map(contents) satisfies FactPack));
  });
}

/** The facts of some files that lie together, by path, each to be read by itself. */
type FactPack = ReadonlyMap<RepoPath, Uint8Array>;

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

/** All files of a pack by their keys; null where it is not kept whole. */
async function readPack(folder: string, { key, files }: Pack): Promise<ReadonlyMap<string, Uint8Array> | null> {
  try {
    const { data } = await cacache.get(folder, key);
    const pack: unknown = deserialize(data);
    if (!types.isMap(pack)) return null;
    const all = files.map((file) => [factsKey(file), (pack as FactPack).get(file.path)] as const);
    const kept = all.filter((it): it is [string, Uint8Array] => types.isUint8Array(it[1]));
    return kept.length < all.length ? null : new Map(kept);
  } catch {
    // Not there, cut short, or of another digest: it is read again and written over.
    return null;
  }
}

/** Null for what another version of Node wrote: it is read again. */
function unpacked(bytes: Uint8Array): FileFacts | null {
  try {
    return deserialize(bytes);
  } catch {
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
