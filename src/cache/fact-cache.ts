import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { types } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import cacache from 'cacache';
import { type FactCache, factsKey, type NamedBlob } from '../app/ports.js';
import type { FileFacts } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import { type Pack, packsOf, placeOf } from './fact-packs.js';

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
      const known = new Map<string, FileFacts>();
      const lacking: Pack[] = [];
      await inTurns(packs, async (pack) => {
        const kept = await readPack(folder, pack);
        if (kept === null) lacking.push(pack);
        else for (const [key, facts] of kept) known.set(key, facts);
      });
      return { known, keep: async (read) => keepPacks(folder, lacking, new Map([...known, ...read])) };
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

/** A pack is kept when all of it is known, so that what is found later is whole. */
async function keepPacks(folder: string, packs: readonly Pack[], facts: ReadonlyMap<string, FileFacts>): Promise<void> {
  await inTurns(packs, async ({ key, files }) => {
    const contents = files.flatMap((file): [RepoPath, FileFacts][] => {
      const known = facts.get(factsKey(file));
      return known === undefined ? [] : [[file.path, known]];
    });
    if (contents.length < files.length) return;
    // A full disk or a folder that may not be written costs the next review some time, and nothing else.
    await cacache.put(folder, key, serialize(new Map(contents) satisfies FactPack)).catch(() => {});
  });
}

/** The facts of some files that lie together, by path. */
type FactPack = ReadonlyMap<RepoPath, FileFacts>;

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

/** The facts of all files of a pack by their keys; null where it is not kept whole. */
async function readPack(folder: string, { key, files }: Pack): Promise<ReadonlyMap<string, FileFacts> | null> {
  try {
    const { data } = await cacache.get(folder, key);
    const pack: unknown = deserialize(data);
    if (!types.isMap(pack)) return null;
    const facts = new Map(files.map((file) => [factsKey(file), (pack as FactPack).get(file.path)]));
    return [...facts.values()].includes(undefined) ? null : (facts as ReadonlyMap<string, FileFacts>);
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
