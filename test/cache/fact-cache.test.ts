import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { detectors } from '../../detectors/catalog.js';
import type { FactExtraction } from '../../src/app/ports.js';
import { createChangeReview, type ReviewCaches } from '../../src/app/review-change.js';
import { createFactCache, pruneFactCache } from '../../src/cache/fact-cache.js';
import { createRunCache } from '../../src/cache/run-cache.js';
import { openGitChange } from '../../src/git/git-change.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import { DEFAULT_JUDGE_OPTIONS } from '../../src/model/rule.js';
import { loadPlaybook } from '../../src/playbook/load-playbook.js';
import { presentJson } from '../../src/presentation/json.js';
import { createFactExtraction } from '../../src/workers/fact-extraction.js';
import { createRepository } from '../git/repository.js';

type Repository = Awaited<ReturnType<typeof createRepository>>;

let folder: string;
let repository: Repository;
let extraction: FactExtraction;
let read: number;
/** So that no commit is empty. */
let commits = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunelint-cache-'));
  repository = await createRepository();
  const inner = await createFactExtraction({ bounds: DEFAULT_BOUNDS, threads: 'inline' });
  extraction = {
    ...inner,
    extract: (files, progress) => {
      read += files.length;
      return inner.extract(files, progress);
    },
  };
  read = 0;
});

afterEach(async () => {
  await repository.remove();
  await rm(folder, { recursive: true, force: true });
});

const SCRIPT = (name: string): string =>
  `from transformers import AutoModel\nfrom trl import SFTTrainer\nSFTTrainer(AutoModel.from_pretrained("acme/${name}"))\n`;
const CONFIG = (name: string): string =>
  `base_model: acme/${name}\nmicro_batch_size: 1\nnum_epochs: .inf\nadapter: lora\ndatasets:\n  - path: acme/d\n`;

/** The review of the last commit, as bytes, but for its timings. */
async function reviewed(caches: ReviewCaches | null): Promise<string> {
  const source = await openGitChange({
    repo: repository.folder,
    base: 'HEAD~1',
    head: 'HEAD',
    worktree: false,
    environment: process.env,
  });
  const review = createChangeReview({
    source,
    extraction,
    caches,
    detectors,
    bounds: DEFAULT_BOUNDS,
    options: DEFAULT_JUDGE_OPTIONS,
    clock: () => 0,
  });
  try {
    return presentJson(await review(), await loadPlaybook(new URL('../../detectors/', import.meta.url)));
  } finally {
    await source.close();
  }
}

function cachesIn(folder: string): ReviewCaches {
  return {
    facts: createFactCache(folder),
    runs: createRunCache(folder, 'repository'),
    builds: { runs: 'test', judging: 'test' },
  };
}

async function damage(change: (file: string) => Promise<void>): Promise<number> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
  for (const file of files) await change(file);
  return files.length;
}

/** Different files in the two trees below. A review also reads the texts of the fixes that it proves. */
const FILES = 5;

describe('facts that are kept', () => {
  beforeEach(async () => {
    await repository.commit({ 'a.py': SCRIPT('a'), 'configs/a.yml': CONFIG('a'), 'b/c/x.py': 'x = 1\n' }, 'one');
    await repository.commit({ 'a.py': SCRIPT('b'), 'configs/b.yml': CONFIG('b') }, 'two');
  });

  it('save reading what did not change, and change no byte of the review', async () => {
    const caches = cachesIn(folder);
    const cold = await reviewed(null);
    read = 0;
    expect(await reviewed(caches)).toBe(cold);
    const proofs = read - FILES;
    read = 0;
    expect(await reviewed(cachesIn(folder))).toBe(cold);
    expect(read).toBe(proofs);
  });

  it.each<[string, (file: string) => Promise<void>]>([
    ['cut short', async (file) => writeFile(file, (await readFile(file)).subarray(0, 40))],
    ['overwritten', async (file) => writeFile(file, 'nonsense')],
    ['emptied', async (file) => writeFile(file, '')],
    ['deleted', async (file) => rm(file)],
  ])('are read again when they were %s', async (_, change) => {
    const caches = cachesIn(folder);
    const cold = await reviewed(caches);
    expect(await damage(change)).toBeGreaterThan(0);
    expect(await reviewed(caches)).toBe(cold);
    expect(await reviewed(caches)).toBe(cold);
  });

  it('may lie where nothing can be written', async () => {
    const blocked = join(folder, 'file');
    await writeFile(blocked, '');
    expect(await reviewed(cachesIn(join(blocked, 'inside')))).toBe(await reviewed(null));
  });

  it('may be shared by reviews that run at the same time', async () => {
    const cold = await reviewed(null);
    const all = await Promise.all(Array.from({ length: 4 }, () => reviewed(cachesIn(folder))));
    expect(all).toEqual([cold, cold, cold, cold]);
  });

  it('are not used by another build of the front-ends', async () => {
    const caches = cachesIn(folder);
    await reviewed(caches);
    const cold = read;
    read = 0;
    extraction = { ...extraction, version: 'another' };
    await reviewed(caches);
    expect(read).toBe(cold);
  });

  it('go after thirty days, and not before', async () => {
    const caches = cachesIn(folder);
    await reviewed(caches);
    const cold = read;
    const day = 24 * 60 * 60 * 1000;
    await pruneFactCache(folder, Date.now() + 29 * day);
    read = 0;
    await reviewed(caches);
    expect(read).toBe(cold - FILES);
    await pruneFactCache(folder, Date.now() + 37 * day);
    read = 0;
    await reviewed(caches);
    expect(read).toBe(cold);
  });
});

describe('a sequence of edits', () => {
  it('gives the same review with a warm cache as with none', async () => {
    const edit = fc.record({
      path: fc.constantFrom('a.py', 'b.py', 'lib/c.py', 'configs/a.yml', 'configs/b.yml', 'run.sh'),
      kind: fc.constantFrom('write', 'delete', 'break'),
      name: fc.constantFrom('a', 'b', 'c'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (edits) => {
        await repository.commit({ 'a.py': SCRIPT('a'), 'keep.txt': `start ${commits++}` }, 'start');
        for (const { path, kind, name } of edits) {
          await repository.commit(
            { [path]: textOf(path, kind, name), 'keep.txt': `${kind} ${path} ${name} ${commits++}` },
            'edit',
          );
          expect(await reviewed(cachesIn(folder))).toBe(await reviewed(null));
        }
      }),
      { numRuns: 5, seed: 11 },
    );
  }, 60_000);
});

function textOf(path: string, kind: string, name: string): string | null {
  if (kind === 'delete') return null;
  const text = path.endsWith('.py')
    ? SCRIPT(name)
    : path.endsWith('.sh')
      ? `trl sft --model_name_or_path acme/${name}\n`
      : CONFIG(name);
  return kind === 'break' ? `${text}(((\n  : [` : text;
}
