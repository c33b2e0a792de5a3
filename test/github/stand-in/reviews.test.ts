import { describe, expect, it } from '@jest/globals';
import { LAB, refusalOf, statusOf, useLab } from './lab.js';
import { REVIEWER } from './stand-in.js';

const lab = useLab();

interface Given {
  readonly path?: string;
  readonly line?: number;
  readonly side?: string;
  readonly start_line?: number;
  readonly start_side?: string;
  readonly body?: string;
}

function review(...given: readonly Given[]) {
  const comments = given.map((it) => ({ path: 'train.py', side: 'RIGHT', body: 'a comment', ...it }));
  const { number, head } = lab.pull;
  const body = { ...LAB, pull_number: number, event: 'COMMENT' as const, commit_id: head, comments };
  return lab.octokit.rest.pulls.createReview(body);
}

describe('a review', () => {
  it('is taken on changed lines and those around them, of both sides', async () => {
    const answer = await review(
      { line: 20 },
      { line: 23 },
      { line: 20, side: 'LEFT' },
      { line: 21, start_line: 19 },
      { line: 20, start_line: 20, start_side: 'LEFT' },
    );
    expect(answer.data.state).toBe('COMMENTED');
    const { data } = await lab.octokit.rest.pulls.listReviewComments({ ...LAB, pull_number: lab.pull.number });
    expect(data).toMatchObject([
      { line: 20, original_line: 20, side: 'RIGHT', user: { login: 'tunelint[bot]', type: 'Bot' } },
      { line: 23, start_line: null },
      { line: 20, side: 'LEFT', diff_hunk: expect.stringMatching(/^@@ -17,7 .*\n-line 20$/s) },
      { line: 21, start_line: 19, start_side: 'RIGHT' },
      { line: 20, start_line: 20, start_side: 'LEFT' },
    ]);
    expect(data.every((it) => it.pull_request_review_id === answer.data.id)).toBe(true);
  });

  it.each<[string, Given, string]>([
    ['a line out of the difference', { line: 2 }, 'Line could not be resolved'],
    ['no line', {}, 'Line could not be resolved'],
    ['a line of the other side', { line: 16, side: 'LEFT' }, 'Line could not be resolved'],
    ['a file out of the difference', { path: 'README.md', line: 1 }, 'Path could not be resolved'],
    ['the path of before the move', { path: 'old.yml', line: 1 }, 'Path could not be resolved'],
    ['a file that only moved', { path: 'new.yml', line: 1 }, 'Line could not be resolved'],
    ['a binary file', { path: 'data.bin', line: 1 }, 'Line could not be resolved'],
    ['a start behind its end', { line: 20, start_line: 21 }, 'start line must precede the end line.'],
    ['a start that is its end', { line: 20, start_line: 20 }, 'start line must precede the end line.'],
    ['a start out of the difference', { line: 20, start_line: 2 }, 'Start line could not be resolved'],
    ['a blank text', { line: 20, body: ' \n' }, "Body can't be blank"],
    ['a text that is too long', { line: 20, body: 'x'.repeat(65_537) }, 'Body is too long'],
  ])('is refused whole for %s', async (_, wrong, words) => {
    const { message, errors } = await refusalOf(review({ line: 20 }, wrong));
    expect({ message, errors }).toEqual({
      message: 'Unprocessable Entity',
      errors: [expect.stringContaining(words)],
    });
    expect([lab.pull.comments, lab.pull.reviews]).toEqual([[], []]);
  });

  it('is refused for lines of two hunks', async () => {
    const { git, github, repository, pull } = lab;
    git.git('checkout', '-q', 'change');
    git.commit({ 'train.py': git.git('show', 'change:train.py').replace('line 2\n', 'line two\n') });
    github.people.push(repository, pull);
    const { errors } = await refusalOf(review({ line: 20, start_line: 2 }));
    expect(errors).toEqual([expect.stringContaining('must be part of the same hunk')]);
    expect(await statusOf(review({ line: 20 }, { line: 2 }))).toBe(200);
  });

  it('is refused for a file whose patch is too large to show', async () => {
    lab.github.world.limits.fileDiffLines = 5;
    expect((await refusalOf(review({ line: 20 }))).errors).toEqual(['Line could not be resolved']);
  });

  it('is refused on a commit that is no longer in the pull request', async () => {
    const { git, github, repository, pull, octokit } = lab;
    const before = pull.head;
    git.git('checkout', '-q', 'change');
    git.git('commit', '-q', '--amend', '-m', 'another');
    github.people.push(repository, pull);
    const body = { ...LAB, pull_number: pull.number, event: 'COMMENT', commit_id: before, body: 'late' } as const;
    const { errors } = await refusalOf(octokit.rest.pulls.createReview(body));
    expect(errors).toEqual(['The commitOID is not part of the pull request']);
  });

  it('needs something to say', async () => {
    expect((await refusalOf(review())).errors).toEqual(["Body can't be blank"]);
  });

  it('may be of one event alone', async () => {
    const body = { ...LAB, pull_number: lab.pull.number, event: 'MAYBE' as 'COMMENT', body: 'x' };
    expect(await statusOf(lab.octokit.rest.pulls.createReview(body))).toBe(422);
    expect(lab.github.takeViolations()).toEqual([
      expect.stringContaining('must be equal to one of the allowed values'),
    ]);
  });

  it('takes no field of a comment that GitHub does not know', async () => {
    expect(await statusOf(review({ line: 20, startLine: 19 } as Given))).toBe(422);
    expect(lab.github.takeViolations()).toEqual([expect.stringContaining('"startLine" is not known')]);
  });
});

describe('a review that is begun', () => {
  const begin = async () => {
    const comments = [{ path: 'train.py', line: 20, body: 'begun' }];
    const begun = await lab.octokit.rest.pulls.createReview({ ...LAB, pull_number: lab.pull.number, comments });
    return { ...LAB, pull_number: lab.pull.number, review_id: begun.data.id };
  };
  const commentsSeen = async () =>
    (await lab.octokit.rest.pulls.listReviewComments({ ...LAB, pull_number: lab.pull.number })).data.length;

  it('stands in the way of every other of the same account, until it is deleted', async () => {
    const begun = await begin();
    expect((await refusalOf(review({ line: 20 }))).errors).toEqual([
      'User can only have one pending review per pull request',
    ]);
    const { data } = await lab.octokit.rest.pulls.listReviews({ ...LAB, pull_number: lab.pull.number });
    expect(data).toMatchObject([{ state: 'PENDING', id: begun.review_id }]);
    expect(await statusOf(lab.octokit.rest.pulls.deletePendingReview(begun))).toBe(200);
    expect(lab.pull.comments).toEqual([]);
    expect(await statusOf(review({ line: 20 }))).toBe(200);
  });

  it('is seen by others once it is sent, and cannot be deleted then', async () => {
    const begun = await begin();
    expect(await commentsSeen()).toBe(0);
    await lab.octokit.rest.pulls.submitReview({ ...begun, event: 'COMMENT' });
    expect(await commentsSeen()).toBe(1);
    expect((await lab.octokit.rest.pulls.listCommentsForReview(begun)).data).toHaveLength(1);
    expect(await statusOf(lab.octokit.rest.pulls.deletePendingReview(begun))).toBe(422);
  });
});

describe('a comment', () => {
  it('is edited, answered and deleted', async () => {
    const { octokit, pull } = lab;
    await review({ line: 20 });
    const comment_id = pull.comments[0]?.id ?? 0;
    await octokit.rest.pulls.updateReviewComment({ ...LAB, comment_id, body: 'edited' });
    const reply = await octokit.rest.pulls.createReplyForReviewComment({
      ...LAB,
      pull_number: pull.number,
      comment_id,
      body: 'an answer',
    });
    expect(reply.data.in_reply_to_id).toBe(comment_id);
    expect((await octokit.rest.pulls.getReviewComment({ ...LAB, comment_id })).data.body).toBe('edited');
    expect(await statusOf(octokit.rest.pulls.deleteReviewComment({ ...LAB, comment_id }))).toBe(204);
    expect(await statusOf(octokit.rest.pulls.deleteReviewComment({ ...LAB, comment_id }))).toBe(404);
    expect(pull.comments.map(({ body }) => body)).toEqual(['an answer']);
  });

  it('of a person is not for the App to change', async () => {
    const { octokit, github, pull } = lab;
    const { id } = github.people.comment(pull, { path: 'train.py', line: 20, body: 'mine' });
    expect(await statusOf(octokit.rest.pulls.updateReviewComment({ ...LAB, comment_id: id, body: 'x' }))).toBe(403);
    expect(await statusOf(octokit.rest.pulls.deleteReviewComment({ ...LAB, comment_id: id }))).toBe(403);
  });

  it('of the App may be edited or deleted by people', async () => {
    const { github, pull } = lab;
    await review({ line: 20 }, { line: 21 });
    const [first, second] = pull.comments;
    if (first === undefined || second === undefined) throw new Error('there are no comments');
    github.people.editComment(first, 'other words');
    github.people.remove(pull, second);
    expect(pull.comments.map(({ body, author }) => [body, author.login])).toEqual([['other words', 'tunelint[bot]']]);
  });

  it('stands in a thread that people answer and resolve, and that outlives it', async () => {
    const { github, octokit, pull } = lab;
    await review({ line: 20 });
    const [own] = pull.comments;
    if (own === undefined) throw new Error('there is no comment');
    github.people.reply(pull, own, 'why?', REVIEWER);
    github.people.resolve(own);
    await octokit.rest.pulls.deleteReviewComment({ ...LAB, comment_id: own.id });
    const { repository } = await octokit.graphql<{ repository: unknown }>(`{
      repository(owner: "acme", name: "lab") { pullRequest(number: 1) {
        reviewThreads(first: 5) { nodes { isResolved comments(first: 5) { nodes { body author { login } } } } }
      } }
    }`);
    const nodes = [{ isResolved: true, comments: { nodes: [{ body: 'why?', author: { login: 'grace' } }] } }];
    expect(repository).toEqual({ pullRequest: { reviewThreads: { nodes } } });
  });
});
