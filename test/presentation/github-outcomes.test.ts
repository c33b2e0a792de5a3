import { describe, expect, it } from '@jest/globals';
import { commitSha, fingerprint, repoPath, ruleId } from '../../src/model/identifiers.js';
import { presentBranch } from '../../src/presentation/github/branch-check.js';
import {
  closedOutcome,
  draftOutcome,
  irrelevantOutcome,
  supersededOutcome,
  unclaimedOutcome,
  unfinishedOutcome,
} from '../../src/presentation/github/check-outcomes.js';
import type { CommentOutcome } from '../../src/presentation/github/check-run.js';
import { LIMITS } from '../../src/presentation/github/limits.js';
import { readMarker } from '../../src/presentation/github/marker.js';
import { tellOnGithub } from '../../src/presentation/github/tell-on-github.js';
import { change, edit, unchanged, withChanges } from './markdown-review.js';
import { finding, metricChange, PINNING, PLAYBOOK, review, TRAIN } from './review-builder.js';

const HEAD = commitSha('89abcdef01'.repeat(4));
const ONE_HUNK = [change([unchanged(1, 8)])];
const WITHOUT_FLAG = 'model = AutoModelForCausalLM.from_pretrained(BASE)';

describe('a check run that tells of no review', () => {
  it.each([
    draftOutcome(),
    irrelevantOutcome(3),
    unfinishedOutcome('Ask an owner to allow **Contents: read**, @octocat.'),
    supersededOutcome(HEAD),
    closedOutcome(),
    unclaimedOutcome(),
  ])('says why', (outcome) => {
    expect(outcome).toMatchSnapshot();
  });
});

describe('the check run of a branch', () => {
  const SCORES = {
    metrics: [metricChange({ base: 0.5, delta: 0 }), metricChange({ metric: PINNING, base: null, head: null })],
    composites: [{ composite: 'overall_finetuning_health', base: 0.5, head: 0.5, delta: 0 }] as const,
  };

  it('tells its scores, and how its badge is shown', () => {
    const skipped = [{ path: repoPath('a.py'), reading: { reason: 'binary', line: null, detail: null } }] as const;
    const made = review({ ...SCORES, findings: [finding({ state: 'unchanged', anchor: null })], files: { skipped } });
    expect(presentBranch(made, 'https://app.test/badge/acme/lab.svg?token=a`b')).toMatchSnapshot();
  });

  it('is neutral where a rule stopped early, and skipped where nothing is trained', () => {
    const crash = { rule: ruleId('artifact-trust-surface/remote-code'), run: 'x', cause: null };
    expect(presentBranch(review({ failures: [crash] }), null).conclusion).toBe('neutral');
    expect(presentBranch(review({ headRuns: [] }), null)).toMatchObject({
      conclusion: 'skipped',
      output: { title: 'Nothing in this repository trains a model' },
    });
  });
});

describe('a comment that stands already', () => {
  const found = finding({ fingerprint: fingerprint('a'.repeat(16)) });
  const made = withChanges(
    review({ findings: [found], fixes: new Map([[found.fingerprint, edit(6, 6, WITHOUT_FLAG)]]) }),
    ONE_HUNK,
  );
  const telling = tellOnGithub(made, PLAYBOOK, { project: 'libs/rl' });
  const [place] = telling.places;
  const bodyAt = (at: Parameters<typeof telling.write>[0][number]['at']) =>
    telling.write([{ fingerprints: [found.fingerprint], at }])[0]?.body ?? '';

  it('is written as a new one is, where it stands on the same lines', () => {
    expect(bodyAt(place?.at ?? null)).toContain('```suggestion');
    expect(readMarker(bodyAt(place?.at ?? null))?.project).toBe('libs/rl');
  });

  it.each([
    ['on other lines', { path: TRAIN, side: 'RIGHT', startLine: 3, endLine: 3 } as const],
    ['on more lines', { path: TRAIN, side: 'RIGHT', startLine: 5, endLine: 6 } as const],
    ['on lines of the base', { path: TRAIN, side: 'LEFT', startLine: 6, endLine: 6 } as const],
    ['on lines that are gone', null],
  ])('offers no suggestion where it stands %s', (_, at) => {
    expect(bodyAt(at)).not.toContain('```suggestion');
    expect(bodyAt(at)).toContain('```diff');
  });

  it.each([
    ['on other lines', { path: TRAIN, side: 'RIGHT', startLine: 3, endLine: 3 } as const],
    ['on lines that are gone', null],
  ])('says where its finding is, where it stands %s', (_, at) => {
    expect(bodyAt(at)).toContain('· `train.py:6` ·');
  });

  it('R49 names the rule and its rule set, and links the page of the rule where one is served', () => {
    const linked = tellOnGithub(made, PLAYBOOK, { rulePage: (rule) => `https://app.test/${rule}` });
    expect(linked.write(linked.places)[0]?.body).toContain(
      '<sub>Playbook: [`artifact-trust-surface/remote-code`](https://app.test/artifact-trust-surface/remote-code) · rule set ',
    );
  });
});

describe('the check run of a review', () => {
  const outcome = (given: Partial<CommentOutcome>): CommentOutcome => ({
    commented: new Set(),
    resolved: new Set(),
    hindrance: null,
    annotations: LIMITS.annotations,
    ...given,
  });

  it('R36 says which findings a reviewer resolved', () => {
    const found = finding();
    const made = withChanges(review({ findings: [found] }), ONE_HUNK);
    const { summary, annotations } = tellOnGithub(made, PLAYBOOK, {}).checkRun(
      outcome({ resolved: new Set([found.fingerprint]) }),
    ).output;
    expect(summary).toContain('`artifact-trust-surface/remote-code` · resolved by reviewer<br>');
    expect(summary).not.toContain('would have had a comment');
    expect(annotations).toEqual([]);
  });

  it('R20 has an annotation for what has no comment, as many as are allowed', () => {
    const findings = Array.from({ length: 60 }, () => finding());
    const made = withChanges(review({ findings }), ONE_HUNK);
    const commented = new Set(findings.slice(0, 3).map(({ fingerprint: it }) => it));
    const checkRun = tellOnGithub(made, PLAYBOOK, {}).checkRun(outcome({ commented, annotations: 55 }));
    expect(checkRun.output.annotations).toHaveLength(55);
    expect(checkRun.output.summary).toContain('2 annotations more were left out.');
  });

  it('R58 is neutral and says so where the base could not be judged', () => {
    const made = review({ findings: [finding()] });
    const crash = { rule: ruleId('artifact-trust-surface/remote-code'), run: 'x', cause: null };
    const base = { ...made.comparison.base, failures: [crash] };
    const { conclusion, output } = tellOnGithub(
      { ...made, comparison: { ...made.comparison, base } },
      PLAYBOOK,
      {},
    ).checkRun(outcome({}));
    expect(conclusion).toBe('neutral');
    expect(output.summary).toContain(
      'The base could not be judged by 1 rule, so that what is new cannot be told for sure.',
    );
  });

  it('says why comments are missing, without obeying what it says', () => {
    const { summary } = tellOnGithub(review(), PLAYBOOK, {}).checkRun(
      outcome({ hindrance: 'Ask @octocat <b>now</b>.' }),
    ).output;
    expect(summary).toContain('Ask @&#8203;octocat &lt;b&gt;now&lt;/b&gt;.');
  });
});
