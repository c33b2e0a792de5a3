import { createHash } from 'node:crypto';
import { type ChangeSource, type FactCache, factsKey, type RunCache } from '../../src/app/ports.js';
import type { BlobContent, TreeListing } from '../../src/model/change.js';
import type { FileFacts } from '../../src/model/fact.js';
import { type BlobId, blobId, commitSha, repoPath } from '../../src/model/identifiers.js';
import { changesBetween } from './change.js';
import type { Files } from './source-tree.js';

/** A change given as texts, read as one from a repository is. */
export function changeInMemory(base: Files, head: Files): ChangeSource {
  const blobs = new Map<BlobId, BlobContent>();
  const listing = (files: Files): TreeListing => ({
    commit: commitSha(digest(JSON.stringify(files))),
    files: new Map(
      Object.entries(files).map(([path, text]) => {
        const bytes = new TextEncoder().encode(text);
        const blob = blobId(digest(text));
        blobs.set(blob, { state: 'read', bytes });
        return [repoPath(path), { blob, size: bytes.length, kind: 'file' }] as const;
      }),
    ),
  });
  const snapshot = { base: listing(base), head: listing(head), changes: changesBetween(base, head), unaddressable: 0 };
  return {
    snapshot: async () => snapshot,
    announce: () => {},
    readBlobs: async (ids) =>
      new Map(ids.map((id) => [id, blobs.get(id) ?? { state: 'missing', detail: '' }] as const)),
    close: async () => {},
  };
}

/** Caches that can be emptied and damaged. */
export class CachesInMemory {
  readonly kept = new Map<string, Uint8Array>();
  readonly keptFacts = new Map<string, FileFacts>();

  readonly runs: RunCache = {
    read: async (names) => new Map(names.flatMap((name) => this.#found(name))),
    write: async (parts) => {
      for (const [name, bytes] of parts) this.kept.set(name, bytes);
    },
  };

  readonly facts: FactCache = {
    lookUp: async (trees, version, wanted) => {
      const keys = trees.flat().map((file) => factsKey(file));
      const known = keys.flatMap((key) => {
        const facts = wanted?.has(key) === false ? undefined : this.keptFacts.get(`${version} ${key}`);
        return facts === undefined ? [] : [[key, facts] as const];
      });
      return {
        known: new Map(known),
        keep: async (read) => {
          for (const [key, facts] of read) this.keptFacts.set(`${version} ${key}`, facts);
        },
      };
    },
  };

  #found(name: string): [string, Uint8Array][] {
    const bytes = this.kept.get(name);
    return bytes === undefined ? [] : [[name, bytes]];
  }
}

function digest(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
