import { createHash } from 'node:crypto';
import type { BlobId, RepoPath } from '../model/identifiers.js';

/** A file to be read, with what its facts depend on: its content, and its name, which chooses the front-end. */
export interface PackedFile {
  readonly path: RepoPath;
  readonly blob: BlobId;
}

/** Files that lie together, and a key that changes with any of them. */
export interface Pack<File extends PackedFile = PackedFile> {
  readonly key: string;
  readonly files: readonly File[];
}

/** Buckets a folder is divided into, so that one edit in a large folder leaves most of its files as they were. */
const BUCKETS = 16;

/**
 * Groups files by folder and by a hash of their names. One file alone would make the cache as slow as reading it again;
 * all files together would lose everything to one edit.
 */
export function packsOf<File extends PackedFile>(files: readonly File[], version: string): Pack<File>[] {
  const groups = new Map<string, File[]>();
  for (const file of files) {
    const slash = file.path.lastIndexOf('/');
    const bucket = digest(file.path.slice(slash + 1)).readUInt8(0) % BUCKETS;
    const group = `${file.path.slice(0, Math.max(0, slash))}\n${bucket}`;
    groups.set(group, [...(groups.get(group) ?? []), file]);
  }
  return [...groups.values()].map((group) => ({ key: keyOf(group, version), files: group }));
}

function keyOf(files: readonly PackedFile[], version: string): string {
  const contents = files.map(({ path, blob }) => `${path} ${blob}`).sort();
  return `facts:${digest([version, ...contents].join('\n')).toString('hex')}`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
