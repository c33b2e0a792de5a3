import { describe, expect, it } from '@jest/globals';
import { KeptRuns } from '../../src/app/kept-runs.js';
import type { FactExtraction } from '../../src/app/ports.js';
import { type ReadTrees, readTrees } from '../../src/app/read-trees.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import type { FileChange, TreeListing } from '../../src/model/change.js';
import { type BlobId, blobId, commitSha, type RepoPath, repoPath } from '../../src/model/identifiers.js';

const COMMIT = commitSha('0'.repeat(40));

/** Files by name; each content is one digit. */
type Names = Readonly<Record<string, string>>;

function listing(names: Names): TreeListing {
  const files = Object.entries(names).map(
    ([name, digit]) => [repoPath(name), { blob: blobId(digit.repeat(40)), size: 1, kind: 'file' }] as const,
  );
  return { commit: COMMIT, files: new Map(files) };
}

function changesBetween(base: Names, head: Names): FileChange[] {
  const names = [...new Set([...Object.keys(base), ...Object.keys(head)])].filter((it) => base[it] !== head[it]);
  return names.map((name) => ({
    status: base[name] === undefined ? 'added' : head[name] === undefined ? 'removed' : 'modified',
    path: repoPath(name),
    previousPath: null,
    hunks: [],
    opaque: false,
  }));
}

async function read(base: Names, head: Names, filesPerSide: number, batchesInTime = 1_000): Promise<ReadTrees> {
  let batches = 0;
  const extraction: FactExtraction = {
    claims: () => true,
    version: '1',
    extract: async (files) => {
      batches += 1;
      return files.map(() => ({ facts: [], partial: null }));
    },
    close: async () => {},
  };
  const source = {
    announce: () => {},
    readBlobs: async (ids: readonly BlobId[]) =>
      new Map(ids.map((id) => [id, { state: 'read', bytes: new Uint8Array() } as const])),
    snapshot: async () => Promise.reject(new Error('not asked for')),
    close: async () => {},
  };
  const changes = changesBetween(base, head);
  const clock = (): number => (batches >= batchesInTime ? DEFAULT_BOUNDS.reviewMilliseconds + 1 : 0);
  const bounds = { ...DEFAULT_BOUNDS, filesPerSide };
  const snapshot = { base: listing(base), head: listing(head), changes, unaddressable: 0 };
  return readTrees(snapshot, new KeptRuns(), { source, extraction, cache: null, bounds, clock });
}

function paths(files: ReadonlyMap<RepoPath, unknown>): string[] {
  return [...files.keys()].sort();
}

describe('the files that are read', () => {
  it('are the changed ones first, and of the rest the same on both sides', async () => {
    const rest = { 'a.py': '1', 'b.py': '2' };
    const { base, head } = await read({ ...rest, 'y.py': '3', 'z.py': '4' }, { ...rest, 'z.py': '5' }, 3);
    expect(paths(base.source.files)).toEqual(['a.py', 'y.py', 'z.py']);
    expect(paths(head.source.files)).toEqual(['a.py', 'z.py']);
    expect(head.coverage().skipped.map((it) => [it.path, it.reading.reason])).toEqual([['b.py', 'bound-reached']]);
  });

  it('are the code and what lies near the top before settings far down', async () => {
    const rest = {
      'bench/tasks/a.yaml': '1',
      'bench/tasks/b.yaml': '2',
      'configs/lora.yaml': '3',
      'train/sft.py': '4',
    };
    const { head } = await read({ ...rest, 'train/run.sh': '5' }, { ...rest, 'train/run.sh': '6' }, 3);
    expect(paths(head.source.files)).toEqual(['configs/lora.yaml', 'train/run.sh', 'train/sft.py']);
  });

  it('are both sides of what changed, before time runs out', async () => {
    const rest = Object.fromEntries(Array.from({ length: 150 }, (_, it) => [`a${it}.py`, '1']));
    const { base, head } = await read({ ...rest, 'z.py': '3' }, { ...rest, 'z.py': '4' }, 1_000, 1);
    expect(base.source.files.has(repoPath('z.py'))).toBe(true);
    expect(paths(base.source.files)).toEqual(paths(head.source.files));
    expect(head.coverage().skipped.length).toBe(52);
  });
});
