import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Store } from '../../src/app/keeping.js';
import type { Database } from '../../src/store/database.js';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.js';
import { openStore } from '../../src/store/open-store.js';
import { badgeRoute } from '../../src/web/badge-route.js';
import { badgeToken } from '../../src/web/badge-token.js';
import { at, repository, sha } from '../support/pull-requests.js';
import { useServers } from './serving.js';

const { serve, log } = useServers();
const SECRET = 'what tokens are made from';

let database: Database;
let store: Store;
beforeAll(async () => {
  database = await openEmbeddedDatabase({ folder: null, onLost: () => {} });
  store = await openStore(database, async () => {});
  await know({ id: 1, name: 'public' });
  await know({ id: 2, name: 'private', private: true });
  await know({ id: 3, name: 'fresh' });
  await know({ id: 4, name: 'with.dots.svg' });
  for (const id of [1, 2, 4]) await score(id, 'main', 0.84);
  await score(1, 'release', 0.2);
});
afterAll(() => database.close());

function know(changes: Parameters<typeof repository>[0]): Promise<void> {
  return store.deliveries.request([{ kind: 'know', installation: 3, repository: repository(changes) }]);
}

function score(id: number, branch: string, health: number, seconds = 0): Promise<void> {
  const scores = { overall_finetuning_health: health, 'finetuning_architecture.run_lineage_score': 0.5 };
  const scoredAt = at(seconds);
  return store.scores.record({
    repository: id,
    branch,
    commit: sha('a'),
    ruleSet: `${seconds}`,
    scores,
    runs: 1,
    scoredAt,
  });
}

async function badge(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const address = await serve({ routes: [badgeRoute({ ...store, secret: SECRET, log })] });
  return await fetch(`${address}/badge/${path}`, { headers });
}

async function message(path: string): Promise<string> {
  return ((await (await badge(path)).json()) as { message: string }).message;
}

describe('R73 R74 R75 the badge', () => {
  it.each([
    ['the default branch', 'acme/public.json', '0.84'],
    ['names in any case', 'ACME/Public.json', '0.84'],
    ['a name with dots', 'acme/with.dots.svg.json', '0.84'],
    ['another branch', 'acme/public.json?branch=release', '0.20'],
    ['one metric', 'acme/public.json?metric=run_lineage_score', '0.50'],
    ['a private repository to who has its token', `acme/private.json?token=${badgeToken(SECRET, 2)}`, '0.84'],
  ])('shows the score of %s', async (_, path, shown) => {
    expect(await message(path)).toBe(shown);
  });

  it.each([
    ['a repository that is unknown', 'acme/nowhere'],
    ['one that was never scored', 'acme/fresh'],
    ['one that is private', 'acme/private'],
    ['one that is private, with a wrong token', `acme/private?token=${'x'.repeat(32)}`],
    ['one that is private, with the token of another', `acme/private?token=${badgeToken(SECRET, 1)}`],
    ['one that is private, with the token of an older rotation', `acme/private?token=${badgeToken(SECRET, 2, 1)}`],
    ['a branch that was never scored', 'acme/public?branch=nowhere'],
    ['a metric that there is not', 'acme/public?metric=nothing'],
    ['a project', 'acme/public?project=trainer'],
    ['names that are none', '%00/%2e%2e'],
  ])('tells nothing of %s', async (_, path) => {
    const [name = '', query = ''] = path.split('?');
    const address = await serve({ routes: [badgeRoute({ ...store, secret: SECRET, log })] });
    for (const format of ['svg', 'json']) {
      const [unknown, other] = await Promise.all(
        [`${name}.${format}?${query}`, `never/heard-of.${format}`].map((it) => fetch(`${address}/badge/${it}`)),
      );
      expect(unknown?.status).toBe(200);
      expect(await unknown?.text()).toBe(await other?.text());
      expect(told(unknown)).toEqual(told(other));
      expect(unknown?.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('tells nothing of a failure of ours', async () => {
    const failing = {
      ...store,
      repositories: { ...store.repositories, byName: () => Promise.reject(new Error('SOURCE')) },
    };
    const address = await serve({ routes: [badgeRoute({ ...failing, secret: SECRET, log })] });
    const response = await fetch(`${address}/badge/acme/public.json`);
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ message: 'unknown' })]);
  });

  it('may be kept for five minutes, and is not sent again while it is the same', async () => {
    const first = await badge('acme/public.svg');
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('public, max-age=300');
    const again = await badge('acme/public.svg', { 'if-none-match': etag });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    await score(1, 'main', 0.91, 60);
    expect((await badge('acme/public.svg', { 'if-none-match': etag })).status).toBe(200);
  });

  it('is an image that may stand on any page and runs nothing', async () => {
    const response = await badge('acme/public.svg');
    expect(response.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(await response.text()).toContain('fine-tuning health');
  });

  it('has only the keys that shields takes', async () => {
    const keys = Object.keys((await (await badge('acme/public.json')).json()) as object);
    const taken = ['schemaVersion', 'label', 'message', 'color', 'cacheSeconds', 'isError', 'labelColor', 'style'];
    expect(keys.filter((key) => !taken.includes(key))).toEqual([]);
  });

  it('follows a repository through its names, and from public to private and back', async () => {
    await know({ id: 5, name: 'before' });
    await score(5, 'main', 0.77);
    await know({ id: 5, owner: 'zenith', name: 'after' });
    expect([await message('acme/before.json'), await message('zenith/after.json')]).toEqual(['unknown', '0.77']);
    await know({ id: 5, owner: 'zenith', name: 'after', private: true });
    expect(await message('zenith/after.json')).toBe('unknown');
    await know({ id: 5, owner: 'zenith', name: 'after' });
    expect(await message('zenith/after.json')).toBe('0.77');
    await store.deliveries.request([{ kind: 'forget', repository: 5 }]);
    expect(await message('zenith/after.json')).toBe('unknown');
  });
});

/** What a stranger could tell two replies apart by. */
function told(response: Response | undefined): Record<string, string> {
  const headers = Object.fromEntries(response?.headers ?? []);
  delete headers.date;
  return headers;
}
