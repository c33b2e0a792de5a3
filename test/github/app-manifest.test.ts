import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { isMap, isPair, isScalar, parseDocument } from 'yaml';
import { type AppManifest, loadAppManifest } from '../../src/github/app-manifest.js';

const FILE = new URL('../../app.yml', import.meta.url);

describe('app.yml', () => {
  let manifest: AppManifest;
  beforeAll(async () => {
    manifest = await loadAppManifest(FILE);
  });

  it('asks for what the App needs and nothing more', () => {
    expect(manifest.default_permissions).toEqual({
      checks: 'write',
      pull_requests: 'write',
      contents: 'read',
      metadata: 'read',
      merge_queues: 'read',
    });
  });

  it('never asks to write contents', () => {
    expect(manifest.default_permissions.contents).toBe('read');
  });

  it('asks for the events that begin, end or move a review', () => {
    expect(new Set(manifest.default_events)).toEqual(
      new Set(['pull_request', 'push', 'check_run', 'check_suite', 'merge_group', 'repository']),
    );
  });

  it('gives a reason for every permission and every event', () => {
    const document = parseDocument(readFileSync(FILE, 'utf8'));
    const asked = ['default_permissions', 'default_events'].flatMap((name) => {
      const node = document.get(name);
      const items: readonly unknown[] = isMap(node) ? node.items : (node as { items: unknown[] }).items;
      const before = (node as { commentBefore?: string | null }).commentBefore;
      return items.map((item, index) => {
        const scalar = isPair(item) ? item.key : item;
        const own = isScalar(scalar) ? scalar.commentBefore : null;
        return [isScalar(scalar) ? scalar.value : null, own ?? (index === 0 ? before : null)] as const;
      });
    });
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter(([, reason]) => (reason ?? '').trim().length < 10)).toEqual([]);
  });
});
