import { describe, expect, it } from '@jest/globals';
import { LAB, TRAIN, useLab } from './lab.js';
import type { HostedComment } from './world.js';

const lab = useLab();
const CHANGED = TRAIN.replace('line 20\n', 'line twenty\n');

async function commentOn(given: { line: number; side?: string; start_line?: number }): Promise<HostedComment> {
  const comments = [{ path: 'train.py', side: 'RIGHT', body: 'a comment', ...given }];
  await lab.octokit.rest.pulls.createReview({ ...LAB, pull_number: lab.pull.number, event: 'COMMENT', comments });
  const comment = lab.pull.comments.at(-1);
  if (comment === undefined) throw new Error('there is no comment');
  return comment;
}

/** Pushes another content of the file, and tells what became of the comment. */
function pushed(files: Readonly<Record<string, string | null>>): void {
  lab.git.git('checkout', '-q', 'change');
  lab.git.commit(files);
  lab.github.people.push(lab.repository, lab.pull);
}

function placeOf({ path, line, startLine }: HostedComment): unknown[] {
  return [path, line, startLine];
}

describe('after a push a comment', () => {
  it.each<[string, { line: number; start_line?: number; side?: string }, string, unknown[]]>([
    ['stays where nothing changed', { line: 20 }, `${CHANGED}more\n`, ['train.py', 20, null]],
    ['moves down below an insertion', { line: 20 }, `one\ntwo\n${CHANGED}`, ['train.py', 22, null]],
    ['moves up below a deletion', { line: 20 }, CHANGED.replace('line 2\n', ''), ['train.py', 19, null]],
    ['moves with both of its ends', { line: 21, start_line: 19 }, `one\n${CHANGED}`, ['train.py', 22, 20]],
    ['is outdated where its line changed', { line: 20 }, TRAIN.replace('line 20\n', 'xx\n'), ['train.py', null, null]],
    ['is outdated where its line is gone', { line: 20 }, TRAIN.replace('line 20\n', ''), ['train.py', null, null]],
    [
      'is outdated where a line within it changed',
      { line: 21, start_line: 19 },
      TRAIN.replace('line 20\n', 'xx\n'),
      ['train.py', null, null],
    ],
    [
      'is outdated where a line came in between',
      { line: 21, start_line: 19 },
      CHANGED.replace('line twenty\n', 'line twenty\nand\n'),
      ['train.py', null, null],
    ],
    [
      'is outdated where its line left the difference',
      { line: 17 },
      TRAIN.replace('line 30\n', 'line thirty\n'),
      ['train.py', null, null],
    ],
    ['stays on the old side', { line: 20, side: 'LEFT' }, `one\n${CHANGED}`, ['train.py', 20, null]],
    [
      'is outdated on the old side where the old line came back',
      { line: 20, side: 'LEFT' },
      `${TRAIN}more\n`,
      ['train.py', null, null],
    ],
  ])('%s', async (_, given, content, place) => {
    const comment = await commentOn(given);
    pushed({ 'train.py': content });
    expect(placeOf(comment)).toEqual(place);
    expect(comment.originalLine).toBe(given.line);
  });

  it('is not taken for another line of the same words', async () => {
    const { git, github, repository, pull } = lab;
    git.git('checkout', '-q', 'change');
    git.commit({
      'train.py': CHANGED.replace('line 20', 'same').replace('line 21\n', 'same\n').replace('twenty', 'x'),
    });
    github.people.push(repository, pull);
    const comment = await commentOn({ line: 21 });
    pushed({ 'train.py': `same\n${git.git('show', 'change:train.py')}\n` });
    expect(placeOf(comment)).toEqual(['train.py', 22, null]);
  });

  it('follows its file to another path', async () => {
    const comment = await commentOn({ line: 20 });
    pushed({ 'train.py': null, 'src/train.py': CHANGED });
    expect(placeOf(comment)).toEqual(['src/train.py', 20, null]);
  });

  it('is outdated where its file is gone', async () => {
    const comment = await commentOn({ line: 20 });
    pushed({ 'train.py': null });
    expect(placeOf(comment)).toEqual(['train.py', null, null]);
  });

  it('follows a rebase onto a base that moved its lines', async () => {
    const { git, github, repository, pull } = lab;
    const [right, left] = [await commentOn({ line: 20 }), await commentOn({ line: 20, side: 'LEFT' })];
    git.git('checkout', '-q', 'main');
    git.commit({ 'train.py': `above\n${TRAIN}` });
    git.git('checkout', '-q', 'change');
    git.git('rebase', '-q', 'main');
    github.people.push(repository, pull);
    expect([placeOf(right), placeOf(left)]).toEqual([
      ['train.py', 21, null],
      ['train.py', 21, null],
    ]);
    expect(right.commit).toBe(git.git('rev-parse', 'change'));
  });

  it('stands again when a force-push brings its lines back', async () => {
    const { git, github, repository, pull } = lab;
    const comment = await commentOn({ line: 20 });
    const before = git.git('rev-parse', 'change');
    pushed({ 'train.py': TRAIN });
    expect(comment.line).toBeNull();
    git.git('checkout', '-q', 'main');
    github.people.push(repository, pull, before);
    expect(placeOf(comment)).toEqual(['train.py', 20, null]);
  });

  it('is told by REST as having no line, and by GraphQL as outdated', async () => {
    const { octokit, pull } = lab;
    await commentOn({ line: 20 });
    pushed({ 'train.py': TRAIN.replace('line 20\n', 'xx\n') });
    const { data } = await octokit.rest.pulls.listReviewComments({ ...LAB, pull_number: pull.number });
    expect(data).toMatchObject([{ line: null, position: null, original_line: 20 }]);
    const { repository } = await octokit.graphql<{ repository: unknown }>(`{
      repository(owner: "acme", name: "lab") { pullRequest(number: 1) {
        headRefOid
        reviewThreads(first: 5) { nodes { isOutdated line originalLine comments(first: 1) { nodes { outdated } } } }
      } }
    }`);
    const nodes = [{ isOutdated: true, line: null, originalLine: 20, comments: { nodes: [{ outdated: true }] } }];
    expect(repository).toEqual({ pullRequest: { headRefOid: pull.head, reviewThreads: { nodes } } });
  });
});
