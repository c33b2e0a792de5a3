import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorker } from '../../src/app/worker.js';
import { RULE_SET_VERSION } from '../../src/model/rule.js';
import { failure } from '../support/host-in-memory.js';
import { sha } from '../support/pull-requests.js';
import { AppDatabase, type AppWorld, BASE, NEVER, script } from './app-world.js';

const database = new AppDatabase();
beforeAll(() => database.open());
afterAll(() => database.close());

async function scored(world: AppWorld): Promise<void> {
  const { repository } = world.github;
  await world.store.deliveries.request([{ kind: 'score', installation: 3, repository }]);
  await world.work();
}

describe('the default branch', () => {
  it('R12 R77 has its scores kept, and one check run that never fails', async () => {
    const world = await database.world();
    world.github.commits.set(sha('0'), { ...BASE, 'train.py': script('one', 'two') });
    await scored(world);
    expect(world.github.writes).toEqual(['start 0', 'complete success']);
    const latest = await world.store.scores.latest(world.github.repository.id, null);
    expect(latest).toMatchObject({ branch: 'main', commit: sha('0'), ruleSet: RULE_SET_VERSION, runs: 1 });
    const health = latest?.scores['finetuning_architecture.overall_finetuning_health'] ?? Number.NaN;
    expect(health).toBeLessThan(1);
    const output = world.checksOn(sha('0'))[0]?.output;
    expect(output?.title).toBe(`${health.toFixed(3)} health · 1 training run, 2 findings`);
    expect(output?.summary).toContain(`| Artifact Trust Surface | ${health.toFixed(3)} |`);
    expect(output?.annotations).toBeUndefined();
  });

  it('R12 is told its badge in the check run', async () => {
    const badge = ({ id }: { id: number }) => `https://app.test/badge/acme/tuning.svg?token=${id}`;
    const world = await database.world({ links: { server: 'https://github.test', rulePage: null, badge } });
    await scored(world);
    const summary = world.checksOn(sha('0'))[0]?.output?.summary;
    expect(summary).toContain(`https://app.test/badge/acme/tuning.svg?token=${world.github.repository.id}`);
  });

  it.each([
    ['came to nothing', 'before'],
    ['went well', 'after'],
  ] as const)('R12 gets one check run where its beginning was not answered, and %s', async (_, moment) => {
    const world = await database.world();
    let isLost = false;
    world.github.interfere = (name, when) => {
      if (name !== 'start' || when !== moment || isLost) return;
      isLost = true;
      throw failure('unavailable');
    };
    await scored(world);
    expect(isLost).toBe(true);
    expect(world.checksOn(sha('0'))).toMatchObject([{ conclusion: 'success' }]);
  });

  it('R3 is not written again for the same commit', async () => {
    const world = await database.world();
    await scored(world);
    expect(await world.writesDuring(() => scored(world))).toEqual([]);
  });

  it('hears nothing where nothing is trained, and has that kept', async () => {
    const world = await database.world();
    world.github.commits.set(sha('0'), { 'README.md': 'words\n' });
    await scored(world);
    await scored(world);
    expect(world.github.writes).toEqual([]);
    expect(await world.store.scores.latest(world.github.repository.id, null)).toMatchObject({ runs: 0 });
  });

  it.each(['start', 'complete'])('gets one check run where the process ends at "%s"', async (operation) => {
    const world = await database.world();
    let left = 1;
    world.github.interfere = (name, moment) => {
      if (name !== operation || moment !== 'after' || left === 0) return;
      left -= 1;
      throw failure('rate-limited');
    };
    await expect(scored(world)).rejects.toThrow();
    await scored(world);
    expect(world.checksOn(sha('0'))).toMatchObject([{ conclusion: 'success' }]);
  });

  it('R18 is told neutrally of a failure of ours', async () => {
    const world = await database.world();
    world.github.interfere = (name) => {
      if (name === 'snapshot') throw new TypeError('oops');
    };
    await scored(world);
    expect(world.checksOn(sha('0'))).toMatchObject([{ conclusion: 'neutral' }]);
    expect(await world.store.scores.latest(world.github.repository.id, null)).toBeNull();
  });

  it('is not asked for where the repository has been forgotten meanwhile', async () => {
    const world = await database.world();
    await createWorker(world.deps)({ kind: 'score', installation: 3, repository: 4 }, NEVER, {
      id: 'job',
      delivery: null,
    });
    expect(world.github.asked).toEqual([]);
  });
});
