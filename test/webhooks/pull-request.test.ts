import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readMarker } from '../../src/presentation/github/marker.js';
import { REVIEWER } from '../github/stand-in/stand-in.js';
import { until } from '../support/until.js';
import { type PullOnGithub, requestsDuring, useApp, writesDuring } from './app-on-github.js';
import { COMMIT, FIRST_LINE, script, scriptWith } from './training-files.js';

jest.setTimeout(120_000);

const world = useApp({ JOBS: '12' });
const MAIN = { 'train.py': script(), 'README.md': 'words\n' };

/** A notebook that trains, with one line in its second cell. */
function notebook(line: string): string {
  const cell = (source: string) => ({ cell_type: 'code', metadata: {}, outputs: [], source: source.split(/(?<=\n)/) });
  const cells = [cell(script().replace('trainer.train()\n', '')), cell(line), cell('trainer.train()')];
  return `${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

const UNPINNED = script().replace(/^ {4}revision=.*\n/m, '');

/** Opened at once: what is waited for in the review of one is waited for in all of them. */
const ready: PullOnGithub[] = [];
beforeAll(async () => {
  const prepared = Array.from({ length: 10 }, () => world.add(MAIN).prepare({ 'train.py': script('one') }));
  // The first by itself: the stand-in makes its validators then, and hears nothing until they are made.
  for (const open of prepared.splice(0, 1)) ready.push(await open());
  ready.push(...(await Promise.all(prepared.map((open) => open()))));
});

/** A pull request whose first head loads a model with unread code. */
function opened(): PullOnGithub {
  const pull = ready.pop();
  if (pull === undefined) throw new Error('more tests than pull requests');
  return pull;
}

describe('a pull request over its life', () => {
  it('R8 R27 R32 R34 is opened, pushed to twice, rebased, force-pushed, mended and reopened', async () => {
    const change = opened();
    const { repository } = change;
    expect([change.check.name, change.check.conclusion]).toEqual(['Tunelint', 'failure']);
    expect(change.places).toEqual([`train.py:RIGHT:${FIRST_LINE}`]);
    const [first] = change.comments;

    const pushed = await writesDuring(world, () => change.push({ 'train.py': `# words\n${script('one')}` }));
    expect(pushed).toEqual(['checks/create', 'checks/update']);
    expect(change.places).toEqual([`train.py:RIGHT:${FIRST_LINE + 1}`]);

    const more = await writesDuring(world, () => change.push({ 'train.py': `# words\n${script('one', 'two')}` }));
    expect(more).toEqual(['checks/create', 'pulls/create-review', 'checks/update']);
    expect(change.places).toEqual([`train.py:RIGHT:${FIRST_LINE + 1}`, `train.py:RIGHT:${FIRST_LINE + 2}`]);

    repository.commitToMain({ 'other.py': 'print("hello")\n' });
    const rebased = await writesDuring(world, () => change.rewrite(['rebase', '-q', 'main']));
    expect(rebased).toEqual(['checks/create', 'checks/update']);

    const forced = await writesDuring(world, () =>
      change.rewrite(['reset', '-q', '--soft', 'main'], ['commit', '-q', '-m', 'all at once']),
    );
    expect(forced).toEqual(['checks/create', 'checks/update']);
    expect(change.comments[0]?.id).toBe(first?.id);
    expect(change.comments.map(({ edits }) => edits)).toEqual([0, 0]);

    const mended = await writesDuring(world, () => change.push({ 'train.py': `# words\n${script('two')}` }));
    expect(mended).toEqual(['checks/create', 'pulls/delete-review-comment', 'checks/update']);
    await change.push({ 'train.py': `# words\n${script()}` });
    expect(change.comments).toEqual([]);
    expect(change.check.conclusion).toBe('success');

    await change.close();
    expect(await writesDuring(world, () => change.reopen())).toEqual([]);
    expect(change.check.conclusion).toBe('success');
  });

  it('R2 does nothing for a delivery that comes again, and R3 writes nothing for the same commits', async () => {
    const { pull, repository } = opened();
    const again = world.github.people.pullRequest(repository.hosted, pull, 'reopened');
    await world.tell(again);
    expect(await requestsDuring(world, () => world.tell(again))).toEqual([]);
    const another = world.github.people.pullRequest(repository.hosted, pull, 'reopened');
    expect(await writesDuring(world, () => world.tell(another))).toEqual([]);
  });

  it('R4 is not looked at again when its words or labels change', async () => {
    const { pull, repository } = opened();
    const { people } = world.github;
    const requests = await requestsDuring(world, async () => {
      await world.tell(people.edit(repository.hosted, pull, { title: 'Other words' }));
      await world.tell(people.label(repository.hosted, pull, 'bug'));
    });
    expect(requests).toEqual([]);
  });

  it('R4 is looked at again when its base changes', async () => {
    const change = opened();
    const { repository, pull } = change;
    repository.git.git('checkout', '-q', '-b', 'release', 'main');
    repository.git.commit({ 'train.py': script('one') });
    await world.tell(world.github.people.edit(repository.hosted, pull, { base: 'release' }));
    expect(change.check.conclusion).not.toBe('failure');
  });

  it('R5 R7 is reviewed at its newest head when pushes follow each other', async () => {
    const change = opened();
    const { pull, repository } = change;
    change.commit({ 'train.py': script('one', 'two') });
    const slow = ({ operation }: { operation: string }) => operation === 'repos/compare-commits-with-basehead';
    world.github.failOn(slow, { kind: 'slow', milliseconds: 4_000 });
    await world.github.send(world.github.people.push(repository.hosted, pull));
    const older = pull.head;
    await until(() => repository.checksOn(older).length > 0);
    change.commit({ 'train.py': script('one', 'three') });
    await change.tellOfPush();
    expect(repository.checksOn(older)).toMatchObject([
      { conclusion: 'cancelled', title: `superseded by ${pull.head.slice(0, 7)}` },
    ]);
    expect(change.check.conclusion).toBe('failure');
    expect(change.places).toEqual([`train.py:RIGHT:${FIRST_LINE}`, `train.py:RIGHT:${FIRST_LINE + 1}`]);
    expect(change.comments[1]?.body).toContain('acme/three');
  });

  it('R9 is skipped as a draft, and reviewed when it is ready', async () => {
    const change = await world.add(MAIN).open({ 'train.py': script('one') }, { draft: true });
    expect(change.check.conclusion).toBe('skipped');
    expect(change.comments).toEqual([]);
    await world.tell(world.github.people.ready(change.repository.hosted, change.pull));
    expect(change.check.conclusion).toBe('failure');
    expect(change.comments).toHaveLength(1);
  });

  it('R71 is the same where it comes from a fork', async () => {
    const change = await world.add(MAIN).open({ 'train.py': script('one') }, { fork: { owner: 'grace', id: 5 } });
    expect(change.check.conclusion).toBe('failure');
    expect(change.places).toEqual([`train.py:RIGHT:${FIRST_LINE}`]);
  });

  it('R8 R42 hears nothing but a skipped check where nothing has to do with training', async () => {
    const repository = world.add(MAIN);
    const requests = await requestsDuring(world, () => repository.open({ 'README.md': 'other words\n' }));
    const [pull] = repository.hosted.pulls.values();
    expect(repository.checksOn(pull?.head ?? '')).toMatchObject([
      { conclusion: 'skipped', title: 'Nothing in this change touches a training run' },
    ]);
    expect(pull?.comments).toEqual([]);
    expect(pull?.reviews).toEqual([]);
    expect(requests.map(({ operation }) => operation)).not.toContain('archive');
  });
});

describe('a comment', () => {
  it('R23 R26 R45 R46 holds a suggestion which mends what it is about', async () => {
    const pickled = scriptWith(`a = AutoModel.from_pretrained("acme/a", revision="${COMMIT}", use_safetensors=False)`);
    const change = await world.add(MAIN).open({ 'train.py': pickled });
    const [comment] = change.comments;
    const suggestion = /^(`{3,})suggestion\n([\s\S]*?)^\1$/m.exec(comment?.body ?? '');
    expect(suggestion).not.toBeNull();
    const lines = pickled.split('\n');
    lines.splice((comment?.line ?? 0) - 1, 1, ...(suggestion?.[2] ?? '').split('\n').slice(0, -1));
    await change.push({ 'train.py': lines.join('\n') });
    expect(change.comments).toEqual([]);
    expect(change.check.conclusion).toBe('success');
  });

  it('R48 holds none in a file that a program writes, and tells of it all the same', async () => {
    const pickled = scriptWith(`a = AutoModel.from_pretrained("acme/a", revision="${COMMIT}", use_safetensors=False)`);
    const repository = world.add({ ...MAIN, '.gitattributes': 'train.py linguist-generated\n' });
    const change = await repository.open({ 'train.py': pickled });
    expect(change.places).toEqual([`train.py:RIGHT:${FIRST_LINE}`]);
    expect(change.comments[0]?.body).not.toContain('```suggestion');
  });

  it('R19 R49 quotes the minimal fix, which the summary has too, and names its rule and rule set', async () => {
    const change = opened();
    const fix = 'avoid `trust_remote_code=true`; enforce `safetensors`/`safe_serialization=true` on save/load paths.';
    expect(change.comments[0]?.body).toContain(fix);
    expect(change.comments[0]?.body).toMatch(
      /<sub>Playbook: .*`artifact-trust-surface\/remote-code`.* · rule set \d+<\/sub>/,
    );
    expect(change.check.summary).toContain(fix);
    expect(change.check.title).toMatch(/^\d\.\d{3} health \([-+]\d\.\d{3}\) · /);
  });

  it('R24 stands on the left where a line that mattered was removed', async () => {
    const change = await world.add(MAIN).open({ 'train.py': UNPINNED });
    expect(change.places).toEqual([`train.py:LEFT:${FIRST_LINE + 2}`]);
    expect(change.comments[0]?.body).not.toContain('```suggestion');
    const again = await writesDuring(world, () => change.push({ 'train.py': `${UNPINNED}# words\n` }));
    expect(again).toEqual(['checks/create', 'checks/update']);
  });

  it('R16 R22 stands on the new path of a file that was renamed', async () => {
    const repository = world.add(MAIN);
    repository.git.git('checkout', '-q', '-b', 'change-1');
    repository.git.rename('train.py', 'src/train.py');
    const change = await repository.open({ 'train.py': null, 'src/train.py': script('one') });
    expect(change.places).toEqual([`src/train.py:RIGHT:${FIRST_LINE}`]);
  });

  it('R17 stands on the raw line of a notebook, and names its cell', async () => {
    const change = await world.add({ ...MAIN, 'nb.ipynb': notebook('print("words")') }).open({
      'nb.ipynb': notebook('one = AutoModel.from_pretrained("acme/one", trust_remote_code=True)'),
    });
    const line =
      notebook('one = ')
        .split('\n')
        .findIndex((it) => it.includes('one = ')) + 1;
    expect(change.places).toEqual([`nb.ipynb:RIGHT:${line}`]);
    expect(change.comments[0]?.body).toContain('(cell 2, line 1)');
  });

  it('R57 is not on what was there before, though its lines have moved', async () => {
    const change = await world.add({ 'train.py': script('one') }).open({ 'train.py': `# words\n${script('one')}` });
    expect(change.comments).toEqual([]);
    expect(change.check.conclusion).toBe('success');
    expect(change.check.summary).toContain('there before this change');
  });

  it('R34 says where what it told of was mended, if people have answered it', async () => {
    const change = opened();
    const [comment] = change.comments;
    if (comment === undefined) throw new Error('there is no comment');
    world.github.people.reply(change.pull, comment, 'Is that so?');
    await change.push({ 'train.py': script() });
    expect(comment.body.split('\n')[1]).toBe(`Fixed in ${change.pull.head.slice(0, 7)}.`);
    expect(comment.body).not.toContain('```suggestion');
    expect(change.comments).toHaveLength(2);
    const more = await writesDuring(world, () => change.push({ 'train.py': `# words\n${script()}` }));
    expect(more).toEqual(['checks/create', 'checks/update']);
  });

  it('R36 is not posted again where a person resolved its thread, and the summary says so', async () => {
    const change = opened();
    const [comment] = change.comments;
    if (comment === undefined) throw new Error('there is no comment');
    world.github.people.resolve(comment);
    await change.push({ 'train.py': `# words\n${script('one')}` });
    expect(change.comments).toHaveLength(1);
    expect(change.check.summary).toContain('· resolved by reviewer');
    expect(change.check.annotations).toEqual([]);
  });

  it('R35 is ours by who wrote it: a copy of it by somebody else is let be', async () => {
    const change = opened();
    const [comment] = change.comments;
    const copy = { path: 'train.py', line: FIRST_LINE, body: comment?.body ?? '', author: REVIEWER };
    world.github.people.comment(change.pull, copy);
    await change.push({ 'train.py': script() });
    expect(change.comments.map(({ author }) => author.login)).toEqual([REVIEWER.login]);
  });

  it('R39 is edited where more is found on its line', async () => {
    const change = opened();
    const twice = script('one').replace('trust_remote_code=True)', 'trust_remote_code=True, use_safetensors=False)');
    const writes = await writesDuring(world, () => change.push({ 'train.py': twice }));
    expect(writes).toEqual(['checks/create', 'pulls/update-review-comment', 'checks/update']);
    expect(readMarker(change.comments[0]?.body ?? '')?.fingerprints.length).toBeGreaterThan(1);
  });

  it('R31 is one of ten on a head, and of twenty-five in all', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `model_${index}`);
    const change = await world.add(MAIN).open({ 'train.py': script(...names) });
    expect(change.comments).toHaveLength(10);
    expect(change.check.summary).toContain('20 findings more would have had a comment and stand only here.');
    await change.push({ 'train.py': `# words\n${script(...names)}` });
    expect(change.comments).toHaveLength(20);
    await change.push({ 'train.py': `# other words\n${script(...names)}` });
    expect(change.comments).toHaveLength(25);
    await change.push({ 'train.py': `# more words\n${script(...names)}` });
    expect(change.comments).toHaveLength(25);
    expect(new Set(change.comments.flatMap(({ body }) => readMarker(body)?.fingerprints ?? [])).size).toBe(25);
  });

  it('R33 stays with the second of two equal faults when the first is mended', async () => {
    const save = 'model.save_pretrained("out", safe_serialization=False)';
    const change = await world.add(MAIN).open({ 'train.py': scriptWith(`a = ${save}`, `b = ${save}`) });
    const [, second] = change.comments;
    expect(change.places).toEqual([`train.py:RIGHT:${FIRST_LINE}`, `train.py:RIGHT:${FIRST_LINE + 1}`]);
    await change.push({ 'train.py': scriptWith(`b = ${save}`) });
    expect(change.comments.map(({ id }) => id)).toEqual([second?.id]);
  });

  it('R43 R72 mentions nobody and hides nothing, whatever a repository holds', async () => {
    const name = 'acme/one--> @octocat #1 <img src=x>';
    const change = await world.add(MAIN).open({ 'train.py': script('one').replace('acme/one', name) });
    for (const text of [change.comments[0]?.body ?? '', change.check.summary ?? '']) {
      expect(text.replaceAll(/`[^`]*`/g, '')).not.toMatch(/@octocat|(?<!&)#1\b|<img/);
    }
  });

  it('R29 R41 R70 is never part of a verdict, never on the conversation, and never a commit', () => {
    const { requests } = world.github;
    const events = requests.filter(({ operation }) => operation === 'pulls/create-review').map(({ body }) => body);
    expect(events.length).toBeGreaterThan(10);
    expect(events.every((body) => (body as { event: string }).event === 'COMMENT')).toBe(true);
    expect(requests.filter(({ operation }) => operation.startsWith('issues/'))).toEqual([]);
    expect(requests.filter(({ operation }) => /^(?:git|repos)\/(?:create|update|delete)/.test(operation))).toEqual([]);
  });
});

describe('the requests of a review', () => {
  it('are at most twelve for a repository that is new, eight for one that is known, and seven for another push', async () => {
    const others = Array.from({ length: 60 }, (_, index) => [`configs/${index}.yml`, `base_model: acme/${index}\n`]);
    const repository = world.add({ ...MAIN, ...Object.fromEntries(others) });
    let change: PullOnGithub | null = null;
    const cold = await requestsDuring(world, async () => {
      change = await repository.open({ 'train.py': script('one') });
    });
    expect(cold.length).toBeLessThanOrEqual(12);
    const warm = await requestsDuring(world, () => repository.open({ 'train.py': script('two') }));
    expect(warm.length).toBeLessThanOrEqual(8);
    const push = await requestsDuring(world, async () => await change?.push({ 'train.py': script('one', 'three') }));
    expect(push.length).toBeLessThanOrEqual(7);
  });
});
