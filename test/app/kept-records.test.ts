import { describe, expect, it } from '@jest/globals';
import { KeptRecords, type NamedContent, plainFormat } from '../../src/app/kept-records.js';
import { repoPath } from '../../src/model/identifiers.js';
import { CachesInMemory } from '../support/change-in-memory.js';

const FORMAT = plainFormat<string>();

function filesOf(count: number): NamedContent[] {
  return Array.from({ length: count }, (_, index) => ({
    path: repoPath(`src/file-${index}.py`),
    content: `c${index}`,
  }));
}

async function kept(files: readonly NamedContent[], caches: CachesInMemory): Promise<KeptRecords<string>> {
  return await KeptRecords.read(caches.runs, 'records', new Set(files.map(({ path }) => path)), FORMAT);
}

/** Records of all these files, written into caches that were empty. */
async function written(files: readonly NamedContent[]): Promise<CachesInMemory> {
  const caches = new CachesInMemory();
  const records = await kept(files, caches);
  for (const file of files) records.set(file, file.path);
  await records.write(caches.runs, 'records', files);
  return caches;
}

describe('records that are kept', () => {
  it.each<[string, number, number]>([
    ['a small tree in one part', 60, 1],
    ['a larger tree in several', 200, 4],
    ['a large tree in no more than thirty-two', 4000, 32],
  ])('lie for %s', async (_, count, parts) => {
    const files = filesOf(count);
    const caches = await written(files);
    expect(caches.kept.size).toBe(parts);
    const again = await kept(files, caches);
    expect(files.map((file) => again.get(file))).toEqual(files.map(({ path }) => path));
  });

  it('are written again only with those that lie beside a change', async () => {
    const files = filesOf(200);
    const caches = await written(files);
    const before = new Map(caches.kept);
    const changed = { path: repoPath('src/file-0.py'), content: 'other' };
    const records = await kept(files, caches);
    records.set(changed, 'changed');
    await records.write(caches.runs, 'records', [...files.slice(1), changed]);
    expect([...caches.kept].filter(([name, bytes]) => before.get(name) !== bytes)).toHaveLength(1);
    const again = await kept(files, caches);
    expect(again.get(changed)).toBe('changed');
    expect(files.slice(1).every((file) => again.get(file) === file.path)).toBe(true);
  });

  it('are gone with their part alone', async () => {
    const files = filesOf(200);
    const caches = await written(files);
    const [first = ''] = caches.kept.keys();
    caches.kept.set(first, Buffer.from('nonsense'));
    const again = await kept(files, caches);
    const left = files.filter((file) => again.get(file) === file.path);
    expect(left.length).toBeGreaterThan(100);
    expect(left.length).toBeLessThan(200);
  });
});
