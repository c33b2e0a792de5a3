import { describe, expect, it } from '@jest/globals';
import { LAB, refusalOf, statusOf, useLab } from './lab.js';

const lab = useLab();

const ANNOTATION = {
  path: 'train.py',
  start_line: 1,
  end_line: 1,
  annotation_level: 'notice',
  message: 'a message',
} as const;
const OUTPUT = { title: 'a title', summary: 'a summary' };

function create(more: object = {}) {
  return lab.octokit.rest.checks.create({ ...LAB, name: 'Tunelint', head_sha: lab.pull.head, ...more });
}

function update(id: number, more: object) {
  return lab.octokit.rest.checks.update({ ...LAB, check_run_id: id, ...more });
}

describe('a check run', () => {
  it('is made, completed and shown with the pull request that it is of', async () => {
    const { data } = await create({ status: 'in_progress', external_id: 'e-1' });
    expect(data).toMatchObject({ status: 'in_progress', conclusion: null, pull_requests: [{ number: 1 }] });
    await update(data.id, { conclusion: 'neutral', output: { ...OUTPUT, text: 'a text' } });
    const shown = await lab.octokit.rest.checks.get({ ...LAB, check_run_id: data.id });
    expect(shown.data).toMatchObject({
      external_id: 'e-1',
      status: 'completed',
      conclusion: 'neutral',
      app: { slug: 'tunelint' },
      output: { ...OUTPUT, text: 'a text', annotations_count: 0 },
    });
  });

  it('names no pull request of a fork', async () => {
    const { git, github, repository, octokit } = lab;
    git.git('checkout', '-q', '-b', 'outside');
    const head = git.commit({ 'x.py': 'x\n' });
    github.people.open(repository, { branch: 'outside', fork: { owner: 'outsider', id: 5 } });
    const { data } = await octokit.rest.checks.create({ ...LAB, name: 'Tunelint', head_sha: head });
    expect(data.pull_requests).toEqual([]);
  });

  it('takes fifty annotations a request, and adds those of later ones', async () => {
    const { octokit, github } = lab;
    const { data } = await create();
    const annotate = (count: number) =>
      update(data.id, { output: { ...OUTPUT, annotations: Array.from({ length: count }, () => ANNOTATION) } });
    expect(await statusOf(annotate(51))).toBe(422);
    expect(github.takeViolations()).toEqual([expect.stringContaining('more than 50 items')]);
    expect([await statusOf(annotate(50)), await statusOf(annotate(3))]).toEqual([200, 200]);
    const { data: page } = await octokit.rest.checks.listAnnotations({ ...LAB, check_run_id: data.id, per_page: 100 });
    expect(page).toHaveLength(53);
    expect(page[0]).toMatchObject({ ...ANNOTATION, title: null });
  });

  it.each<[string, object, string]>([
    ['a title', { output: { ...OUTPUT, title: 'x'.repeat(256) } }, 'Only 255 characters are allowed; 256'],
    ['the title of an annotation', annotated({ title: 'x'.repeat(256) }), 'Only 255 characters are allowed; 256'],
    ['the message of an annotation', annotated({ message: 'é'.repeat(33_000) }), '64 KB'],
    ['an end before its start', annotated({ start_line: 2 }), 'start_line must not be behind end_line'],
    ['columns over lines', annotated({ end_line: 2, start_column: 1, end_column: 2 }), 'Columns need one line'],
    ['a completion without a conclusion', { status: 'completed' }, '"conclusion" wasn\'t supplied'],
  ])('is refused for %s', async (_, more, words) => {
    expect((await refusalOf(create(more))).message).toContain(words);
    expect(lab.repository.checks).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a summary that is too long', { output: { ...OUTPUT, summary: 'x'.repeat(65_536) } }, '65535 characters'],
    ['a text that is too long', { output: { ...OUTPUT, text: 'x'.repeat(65_536) } }, '65535 characters'],
    ['a conclusion that there is not', { conclusion: 'fine' }, 'one of the allowed values'],
    ['an output without a summary', { output: { title: 'a title' } }, "required property 'summary'"],
    ['a level that there is not', annotated({ annotation_level: 'error' }), 'one of the allowed values'],
    ['an action with a long label', { actions: [{ label: 'x'.repeat(21), description: '', identifier: 'i' }] }, '20'],
    ['a field that there is not', { externalId: 'e' }, '"externalId" is not known'],
  ])('is refused by the description for %s', async (_, more, words) => {
    expect(await statusOf(create(more))).toBe(422);
    expect(lab.github.takeViolations()).toEqual([expect.stringContaining(words)]);
  });

  it('is refused on a commit that is not there', async () => {
    const { message } = await refusalOf(create({ head_sha: 'f'.repeat(40) }));
    expect(message).toBe(`No commit found for SHA: ${'f'.repeat(40)}`);
  });

  it.each([{ status: 'in_progress' }, { conclusion: 'failure' }])('stays as it was concluded by %p', async (change) => {
    const { data } = await create({ conclusion: 'success' });
    const { data: later } = await update(data.id, { ...change, output: { title: 'Other words', summary: '' } });
    expect(later).toMatchObject({ status: 'completed', conclusion: 'success', output: { title: 'Other words' } });
  });
});

function annotated(more: object): object {
  return { output: { ...OUTPUT, annotations: [{ ...ANNOTATION, ...more }] } };
}

describe('the check runs of a commit', () => {
  const listed = async (query: object) => {
    const { data } = await lab.octokit.rest.checks.listForRef({ ...LAB, ref: lab.pull.head, ...query });
    return data.check_runs.map((it) => it.external_id);
  };

  it('are listed newest first, the latest of each name unless all are asked for', async () => {
    for (const id of ['1', '2']) await create({ external_id: id });
    await create({ name: 'Another', external_id: '3', conclusion: 'success' });
    expect(await listed({})).toEqual(['3', '2']);
    expect(await listed({ filter: 'all' })).toEqual(['3', '2', '1']);
    expect(await listed({ filter: 'all', check_name: 'Tunelint' })).toEqual(['2', '1']);
    expect(await listed({ status: 'completed' })).toEqual(['3']);
    expect(await listed({ filter: 'all', per_page: 1, page: 3 })).toEqual(['1']);
  });

  it('stand in one suite', async () => {
    const { octokit, pull } = lab;
    await create({ conclusion: 'success' });
    await create({ conclusion: 'failure', name: 'Another' });
    const { data } = await octokit.rest.checks.listSuitesForRef({ ...LAB, ref: pull.head });
    const [suite] = data.check_suites;
    expect(suite).toMatchObject({ head_sha: pull.head, conclusion: 'failure', latest_check_runs_count: 2 });
    const id = { ...LAB, check_suite_id: suite?.id ?? 0 };
    expect((await octokit.rest.checks.getSuite(id)).data.status).toBe('completed');
    expect((await octokit.rest.checks.listForSuite(id)).data.total_count).toBe(2);
  });
});
