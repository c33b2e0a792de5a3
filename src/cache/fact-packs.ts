import { createHash } from 'node:crypto';
import type { NamedBlob } from '../app/ports.js';
import { bucketOf } from '../model/buckets.js';
import type { RepoPath } from '../model/identifiers.js';

/** Files that lie together, and a key that changes with any of them. */
export interface Pack {
  /** Its place: packs of several trees in one place hold other contents of much the same files. */
  readonly place: string;
  readonly key: string;
  readonly files: readonly NamedBlob[];
}

/** Buckets a folder is divided into, so that one edit in a large folder leaves most of its files as they were. */
const BUCKETS = 16;

/**
 * Groups files by folder and by a hash of their names. One file alone would make the cache as slow as reading it again;
 * all files together would lose everything to one edit.
 */
export function packsOf(files: readonly NamedBlob[], version: string): Pack[] {
  const groups = new Map<string, NamedBlob[]>();
  for (const file of files) {
    const place = placeOf(file.path);
    const group = groups.get(place);
    if (group === undefined) groups.set(place, [file]);
    else group.push(file);
  }
  return [...groups].map(([place, group]) => ({ place, key: keyOf(group, version), files: group }));
}

/** Where the pack of a file lies. */
export function placeOf(path: RepoPath): string {
  const slash = path.lastIndexOf('/');
  return `${path.slice(0, Math.max(0, slash))}\n${bucketOf(path.slice(slash + 1), BUCKETS)}`;
}

function keyOf(files: readonly NamedBlob[], version: string): string {
  const contents = files.map(({ path, blob }) => `${path} ${blob}`).sort();
  return `facts:${digest([version, ...contents].join('\n')).toString('hex')}`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
