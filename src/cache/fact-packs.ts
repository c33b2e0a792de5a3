import { createHash } from 'node:crypto';
import type { NamedBlob } from '../app/ports.js';

/** Files that lie together, and a key that changes with any of them. */
export interface Pack {
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
    const slash = file.path.lastIndexOf('/');
    const bucket = digest(file.path.slice(slash + 1)).readUInt8(0) % BUCKETS;
    const group = `${file.path.slice(0, Math.max(0, slash))}\n${bucket}`;
    groups.set(group, [...(groups.get(group) ?? []), file]);
  }
  return [...groups.values()].map((group) => ({ key: keyOf(group, version), files: group }));
}

function keyOf(files: readonly NamedBlob[], version: string): string {
  const contents = files.map(({ path, blob }) => `${path} ${blob}`).sort();
  return `facts:${digest([version, ...contents].join('\n')).toString('hex')}`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
