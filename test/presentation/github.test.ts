import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from '../../src/model/comparison.js';
import { fingerprint, lineNumber, repoPath, ruleId } from '../../src/model/identifiers.js';
import type { Review } from '../../src/model/review.js';
import type { TrainingRun } from '../../src/model/run.js';
import { LIMITS } from '../../src/presentation/github/limits.js';
import { readMarker, writeMarker } from '../../src/presentation/github/marker.js';
import { presentGithub } from '../../src/presentation/github/present-github.js';
import { safeJson } from '../../src/presentation/safe-json.js';
import { change, edit, hasClosedFences, rendered, unchanged, withChanges } from './markdown-review.js';
import { nastyReview } from './nasty-review.js';
import {
  at,
  ENTRIES,
  finding,
  metricChange,
  PINNING,
  PLAYBOOK,
  type ReviewGiven,
  RUN,
  review,
  run,
  TRAIN,
  TRAIN_HEAD,
  TRUST,
} from './review-builder.js';

const OPTIONS = { repository: { server: 'https://github.com', owner: 'acme', repo: 'lab' } };
const WITHOUT_FLAG = 'model = AutoModelForCausalLM.from_pretrained(BASE)';
const ONE_HUNK = [change([unchanged(1, 8)])];

describe('a check run and its comments', () => {
  it('tell the whole review', () => {
    const found = finding({
      fingerprint: fingerprint('a'.repeat(16)),
      fault: { deviation: 'The argument goes, because its default is the safe value.' },
    });
    const tokenizer = finding({
      rule: 'base-model-versioning/unpinned-tokenizer',
      metric: PINNING,
      inline: false,
      fault: { severity: 'notice', at: at('BASE = "acme/base-7b"'), message: 'The tag `v1.0` can be moved.' },
    });
    const unsure = finding({
      inline: false,
      fault: { severity: 'warning', confidence: 'medium', at: at('SFTTrainer(model=model)') },
    });
    const given: ReviewGiven = {
      findings: [
        found,
        unsure,
        tokenizer,
        finding({ state: 'updated', inline: false }),
        finding({ state: 'absent', gone: 'fixed', anchor: null }),
        finding({ state: 'absent', gone: 'removed', anchor: null }),
        finding({ state: 'unchanged', anchor: null }),
      ],
      metrics: [metricChange({ metric: PINNING, degraded: false, delta: 0 }), metricChange()],
      composites: [{ composite: 'overall_finetuning_health', base: 0.75, head: 0.5, delta: -0.25 }],
      fixes: new Map([[found.fingerprint, edit(6, 6, WITHOUT_FLAG)]]),
      files: { skipped: [{ path: repoPath('a.py'), reading: { reason: 'binary', line: null, detail: null } }] },
    };
    const made = withChanges(review(given), ONE_HUNK);
    expect(presentGithub(made, ENTRIES, OPTIONS)).toMatchSnapshot();
  });

  it('R3 are the same bytes for the same review', () => {
    fc.assert(
      fc.property(nastyReview(), (made) => {
        expect(json(made)).toBe(json(structuredClone({ ...made, timings: { read: 7 } })));
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('R43 R46 R53 keep to the limits, mention nobody, and close what they open, whatever a repository holds', () => {
    fc.assert(
      fc.property(nastyReview(), (made) => {
        const { checkRun, review: posted } = presentGithub(made, ENTRIES, OPTIONS);
        const { title, summary, text = '', annotations } = checkRun.output;
        expect(bytes(title)).toBeLessThanOrEqual(LIMITS.title);
        expectSafe(summary, LIMITS.summary);
        expectSafe(text, LIMITS.summary);
        expect(annotations.length).toBeLessThanOrEqual(LIMITS.annotations);
        for (const { message } of annotations) {
          expect(bytes(message)).toBeLessThanOrEqual(LIMITS.annotationMessage);
          expect(message).not.toMatch(/@\w|#\d|(?<![a-z0-9])gh-\d|:\/\/|\p{Cs}/iu);
        }
        for (const { body } of posted?.comments ?? []) {
          expect(readMarker(body)).not.toBeNull();
          expectSafe(body, LIMITS.commentBody);
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('R45 R50 offer suggestions that replace the lines they stand on, that lie in one hunk, and never overlap', () => {
    fc.assert(
      fc.property(nastyReview(), (made) => {
        const comments = presentGithub(made, PLAYBOOK, OPTIONS).review?.comments ?? [];
        expect(comments.length).toBeLessThanOrEqual(10);
        const lines = comments.flatMap(({ body, line, start_line }) => {
          const { length } = rendered(body).code.filter((_, index) => languagesOf(body)[index] === 'suggestion');
          expect(length).toBeLessThanOrEqual(1);
          const first = start_line ?? line;
          expect(first <= 20).toBe(line <= 20);
          return length === 0 ? [] : Array.from({ length: line - first + 1 }, (_, index) => first + index);
        });
        expect(new Set(lines).size).toBe(lines.length);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

describe('R18 the conclusion', () => {
  const UNREAD = { path: TRAIN, reading: { reason: 'syntax-error', line: lineNumber(3), detail: null } } as const;
  const CRASH = { rule: ruleId('artifact-trust-surface/remote-code'), run: 'x', cause: null };

  it.each<[string, string, ReviewGiven]>([
    ['skipped', 'nothing has to do with training', { changed: [repoPath('README.md')] }],
    ['failure', 'an error is new', { findings: [finding()] }],
    [
      'failure',
      'an error is new and a file could not be read',
      { findings: [finding()], files: { partial: [UNREAD] } },
    ],
    ['success', 'a warning is new', { findings: [finding({ fault: { severity: 'warning' } })] }],
    ['success', 'an error was there before', { findings: [finding({ state: 'unchanged' })] }],
    ['neutral', 'a changed file of a run was read in part', { files: { partial: [UNREAD] } }],
    ['neutral', 'a changed file of a run was skipped', { files: { skipped: [UNREAD] } }],
    [
      'success',
      'a file that no run reaches was skipped',
      { files: { skipped: [{ ...UNREAD, path: repoPath('b.py') }] } },
    ],
    ['neutral', 'a rule stopped early', { failures: [CRASH] }],
  ])('is %s where %s', (conclusion, _, given) => {
    expect(presentGithub(review(given), PLAYBOOK, OPTIONS).checkRun.conclusion).toBe(conclusion);
  });
});

describe('the title', () => {
  const COMPOSITES = [{ composite: 'overall_finetuning_health', base: 0.75, head: 0.5, delta: -0.25 }] as const;

  it.each<[ReviewGiven, string]>([
    [{ findings: [finding()], composites: COMPOSITES }, '0.500 health (-0.250) · 1 finding new (1 error)'],
    [{ composites: COMPOSITES, baseRuns: [] }, 'first training run: no findings · health 0.500'],
    [{}, '– health (–) · no new findings'],
    [{ changed: [repoPath('README.md')] }, 'Nothing in this change touches a training run'],
  ])('R21 has the numbers first, if there are any', (given, title) => {
    expect(presentGithub(review(given), PLAYBOOK, OPTIONS).checkRun.output.title).toBe(title);
  });
});

describe('the summary', () => {
  it('quotes the minimal fix of every degraded metric word for word', () => {
    const { summary } = checkOutput(review({ metrics: [metricChange(), metricChange({ metric: PINNING })] }));
    expect(summary).toContain(`> **Minimal fix:** ${PLAYBOOK.minimalFix(TRUST)}\n`);
    expect(summary).toContain(`> **Minimal fix:** ${PLAYBOOK.minimalFix(PINNING)}\n`);
  });

  it('R25 links lines of the head, and lines of the base to the base', () => {
    const path = repoPath('a (b)/tr@in.py');
    const place = { path, startLine: lineNumber(2), endLine: lineNumber(4) };
    const gone = finding({ state: 'absent', gone: 'fixed', anchor: null });
    const { summary } = checkOutput(review({ findings: [finding({ anchor: { side: 'head', ...place } }), gone] }));
    const url = 'https://github.com/acme/lab/blob';
    expect(summary).toContain(`[\`${path}:2\`](${url}/${'89abcdef01'.repeat(4)}/a%20%28b%29/tr%40in.py#L2-L4)`);
    expect(summary).toContain(`[\`train.py:6\`](${url}/${'1234567890'.repeat(4)}/train.py#L6)`);
  });

  it('R53 counts what it leaves out, and keeps every score and minimal fix', () => {
    const findings = Array.from({ length: 900 }, (_, index) =>
      finding({ inline: false, fault: { message: `${index} ${'m'.repeat(400)}` } }),
    );
    const before = Array.from({ length: 900 }, () => finding({ state: 'unchanged', anchor: null, inline: false }));
    const { summary } = checkOutput(review({ findings: [...findings, ...before], metrics: [metricChange()] }));
    expect(bytes(summary)).toBeLessThanOrEqual(65_535);
    expect(summary).toContain('- … 900 more findings left out for length.');
    const kept = summary.split('mmmm<').length + (summary.match(/^- \*\*error/gm)?.length ?? 0) - 1;
    expect(summary).toContain(`- … ${900 - kept} more findings left out for length.`);
    expect(summary).toContain('| Artifact Trust Surface | 1.000 | 0.500 | -0.500 ▼ |');
    expect(summary).toContain(PLAYBOOK.minimalFix(TRUST));
  });
});

describe('the edit of the playbook', () => {
  const bodyFor = (stack: TrainingRun['stack']) => {
    const made = review({ findings: [finding()], headRuns: [run(undefined, { stack })] });
    return presentGithub(withChanges(made, ONE_HUNK), ENTRIES, OPTIONS).review?.comments[0]?.body ?? '';
  };

  it('is told as far as the stack of the run has use for it', () => {
    expect(bodyFor('trl')).toContain('**How to mend it.** Drop it.\n\nDrop the argument.\n');
    expect(bodyFor('trl')).not.toContain('Drop the key.');
    expect(bodyFor('axolotl')).toContain('**How to mend it.** Drop it.\n\nDrop the key.\n');
    expect(bodyFor('torchtune')).not.toMatch(/Drop the (?:key|argument)\./);
  });
});

describe('annotations', () => {
  it('are for new findings of weight that no comment tells of', () => {
    const commented = finding();
    const unsure = finding({ inline: false, fault: { severity: 'warning', confidence: 'low' } });
    const notice = finding({ inline: false, fault: { severity: 'notice' } });
    const before = finding({ state: 'unchanged', inline: false });
    const made = review({ findings: [commented, unsure, notice, before] });
    const { annotations } = checkOutput(withChanges(made, ONE_HUNK));
    expect(annotations).toEqual([
      {
        path: 'train.py',
        start_line: 6,
        end_line: 6,
        annotation_level: 'warning',
        title: 'artifact-trust-surface/remote-code',
        message: `${unsure.fault.message}\n\nMinimal fix: ${PLAYBOOK.minimalFix(TRUST)}`,
      },
    ]);
  });

  it('stand at the fault where the finding is told at a removed line', () => {
    const anchor = { side: 'base', path: TRAIN, startLine: lineNumber(40), endLine: lineNumber(40) } as const;
    expect(checkOutput(review({ findings: [finding({ anchor })] })).annotations).toMatchObject([{ start_line: 6 }]);
  });

  it('are fifty at most, and the rest is counted', () => {
    const findings = Array.from({ length: 53 }, () => finding({ inline: false }));
    const { annotations, summary } = checkOutput(review({ findings }));
    expect(annotations).toHaveLength(50);
    expect(summary).toContain('3 annotations more were left out.');
  });
});

describe('a comment', () => {
  it('stands on the line of its finding, with the minimal fix and the rule', () => {
    const [comment] = commentsOn({ findings: [finding()] });
    expect(comment).toMatchObject({ path: 'train.py', side: 'RIGHT', line: 6 });
    expect(comment).not.toHaveProperty('start_line');
    expect(comment?.body).toContain(PLAYBOOK.minimalFix(TRUST));
    expect(comment?.body).toContain('<sub>Playbook: `artifact-trust-surface/remote-code` · rule set 3</sub>');
  });

  it('R22 is not posted on a line that the diff does not show', () => {
    expect(commentsOn({ findings: [finding()] }, [change([unchanged(7, 8)])])).toEqual([]);
  });

  it('is not posted where the code host shows no diff of the file, though its lines are known', () => {
    expect(commentsOn({ findings: [finding()] }, [change([unchanged(4, 8)])])).toHaveLength(1);
    expect(commentsOn({ findings: [finding()] }, [change([unchanged(4, 8)], { undisplayed: true })])).toEqual([]);
  });

  it('R23 is not posted across two hunks', () => {
    const anchor = { side: 'head', path: TRAIN, startLine: lineNumber(3), endLine: lineNumber(6) } as const;
    expect(commentsOn({ findings: [finding({ anchor })] }, [change([unchanged(1, 4), unchanged(5, 8)])])).toEqual([]);
  });

  it('R24 stands on the left for a removed line, under the path of the head, without a suggestion', () => {
    const old = repoPath('old.py');
    const anchor = { side: 'base', path: old, startLine: lineNumber(5), endLine: lineNumber(6) } as const;
    const found = finding({ anchor });
    const changes = [change([[[5, null] as const, [6, null] as const]], { status: 'renamed', previousPath: old })];
    const [comment] = commentsOn(
      { findings: [found], fixes: new Map([[found.fingerprint, edit(6, 6, 'x')]]) },
      changes,
    );
    expect(comment).toMatchObject({ path: 'train.py', start_line: 5, start_side: 'LEFT', line: 6, side: 'LEFT' });
    expect(comment?.body).not.toContain('```suggestion');
    expect(comment?.body).toContain('```diff');
  });

  it('R24 moves from a removed line to the edit beside it, which can then be committed', () => {
    const anchor = { side: 'base', path: TRAIN, startLine: lineNumber(6), endLine: lineNumber(6) } as const;
    const found = finding({ anchor });
    const changes = [change([[[6, null] as const, [null, 6] as const, ...unchanged(7, 8)]])];
    const fixes = new Map([[found.fingerprint, edit(6, 6, WITHOUT_FLAG)]]);
    const [comment] = commentsOn({ findings: [found], fixes }, changes);
    expect(comment).toMatchObject({ side: 'RIGHT', line: 6 });
    expect(comment?.body).toContain(`\`\`\`suggestion\n${WITHOUT_FLAG}\n\`\`\``);
  });

  it('R26 merges what stands on the same lines, worst first, with all fingerprints in its marker', () => {
    const warning = finding({
      rule: 'base-model-versioning/unpinned-model',
      metric: PINNING,
      fault: { severity: 'warning' },
    });
    const error = finding();
    const comments = commentsOn({ findings: [warning, error] });
    expect(comments).toHaveLength(1);
    const body = comments[0]?.body ?? '';
    expect(readMarker(body)?.fingerprints).toEqual([error.fingerprint, warning.fingerprint]);
    expect(body.indexOf('**error**')).toBeLessThan(body.indexOf('**warning**'));
    expect(body).toContain(PLAYBOOK.minimalFix(TRUST));
    expect(body).toContain(PLAYBOOK.minimalFix(PINNING));
  });

  it('is one of ten at most, the worst first, and the summary says that there were more', () => {
    const lines = Array.from({ length: 12 }, (_, index) => lineNumber(index + 1));
    const findings = lines.map((line) =>
      finding({
        anchor: { side: 'head', path: TRAIN, startLine: line, endLine: line },
        fault: { severity: line === 12 ? 'error' : 'warning' },
      }),
    );
    const made = withChanges(review({ findings }), [change([unchanged(1, 12)])]);
    const { checkRun, review: posted } = presentGithub(made, PLAYBOOK, OPTIONS);
    expect(posted?.comments.map(({ line }) => line)).toEqual([12, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(posted?.event).toBe('COMMENT');
    expect(checkRun.output.summary).toContain('2 findings more would have had a comment and stand only here.');
  });
});

describe('a comment on a new run', () => {
  const fresh = run('fresh');
  const lacking = (line: number, given: Partial<Finding> = {}) => {
    const anchor = { side: 'head', path: TRAIN, startLine: lineNumber(line), endLine: lineNumber(line) } as const;
    return finding({ kind: 'missing', anchor, runs: [fresh.run.id], ...given, fault: { severity: 'warning' } });
  };

  it('tells once, at its trainer, what it lacks: five things at most', () => {
    const findings = [1, 2, 3, 4, 5, 6].map((line) => lacking(line));
    const [comment, ...others] = commentsOn({ findings, headRuns: [RUN, fresh] });
    expect(others).toEqual([]);
    expect(comment).toMatchObject({ line: fresh.run.at.startLine });
    expect(readMarker(comment?.body ?? '')?.fingerprints).toHaveLength(5);
  });

  it.each<[string, readonly Finding[]]>([
    ['a single thing that it lacks', [lacking(3)]],
    ['what a run of the base lacks too', [lacking(3, { runs: [RUN.run.id, fresh.run.id] })]],
    ['a bad value', [lacking(3, { kind: 'violated' })]],
  ])('is not where %s is told', (_, findings) => {
    expect(commentsOn({ findings, headRuns: [RUN, fresh] }).map(({ line }) => line)).toEqual([3]);
  });

  it('is not where the diff does not show its trainer', () => {
    const findings = [lacking(1), lacking(2)];
    const lines = commentsOn({ findings, headRuns: [RUN, fresh] }, [change([unchanged(1, 3)])]);
    expect(lines.map(({ line }) => line)).toEqual([1, 2]);
  });
});

describe('a suggestion', () => {
  it('R46 has a fence that is longer than any run of backticks in it', () => {
    expect(suggested(edit(6, 6, 'x = "```"'))).toContain('````suggestion\nx = "```"\n````');
  });

  it('may delete lines', () => {
    expect(suggested(edit(6, 6, null))).toContain('```suggestion\n```');
  });

  it('stands on all the lines it replaces', () => {
    const found = finding();
    const fixes = new Map([[found.fingerprint, edit(5, 7, 'x')]]);
    const [comment] = commentsOn({ findings: [found], fixes });
    expect(comment).toMatchObject({ start_line: 5, start_side: 'RIGHT', line: 7, side: 'RIGHT' });
  });

  it('says where it changes what the run does', () => {
    expect(suggested({ ...edit(6, 6, 'x'), applicability: 'unsafe' })).toContain(
      '**Fix** (changes what the run does): ',
    );
  });

  it.each<[string, Parameters<typeof suggested>]>([
    ['would reach out of the hunk', [edit(5, 6, 'x'), [change([unchanged(6, 8)])]]],
    ['would reach over two hunks', [edit(5, 7, 'x'), [change([unchanged(1, 5), unchanged(6, 8)])]]],
    ['is for other lines than the finding', [edit(1, 2, 'x')]],
    ['changes nothing', [edit(7, 7, 'trainer = SFTTrainer(model=model)')]],
    ['is for a file with CRLF', [edit(6, 6, 'x'), ONE_HUNK, TRAIN_HEAD.replaceAll('\n', '\r\n')]],
    ['holds a mark that cannot be seen', [edit(6, 6, 'x = "\u202e"')]],
    ['is longer than anybody reads', [edit(6, 6, 'x'.repeat(5000))]],
    ['is for a file whose text is not at hand', [edit(6, 6, 'x'), ONE_HUNK, null]],
  ])('R47 R48 is not offered where it %s', (_, given) => {
    const body = suggested(...given);
    expect(body).not.toContain('```suggestion');
    expect(body).toContain('**Fix**');
  });

  it('is offered once for findings that the same edit mends', () => {
    const [one, other] = [finding(), finding({ fault: { key: 'other' } })];
    const fixes = new Map([one, other].map(({ fingerprint }) => [fingerprint, edit(6, 6, 'x')]));
    const [comment] = commentsOn({ findings: [one, other], fixes });
    expect(comment?.body.match(/```suggestion/g)).toHaveLength(1);
  });

  it('names the rule that it mends beside another that stays', () => {
    const one = finding();
    const other = finding({ rule: 'base-model-versioning/unpinned-model', metric: PINNING });
    const [comment] = commentsOn({ findings: [one, other], fixes: new Map([[one.fingerprint, edit(6, 6, 'x')]]) });
    expect(comment?.body).toContain('**Fix** for `artifact-trust-surface/remote-code`: ');
    expect(comment?.body).toContain('```suggestion');
  });

  it('gives way to diffs where findings on the same lines need different edits', () => {
    const [one, other] = [finding(), finding({ fault: { key: 'other' } })];
    const fixes = new Map([
      [one.fingerprint, edit(6, 6, 'x')],
      [other.fingerprint, edit(6, 6, 'y')],
    ]);
    const [comment] = commentsOn({ findings: [one, other], fixes });
    expect(comment?.body).not.toContain('```suggestion');
    expect(comment?.body.match(/```diff/g)).toHaveLength(2);
  });

  it('R50 gives way to that of a worse finding where both would touch a line', () => {
    const worse = finding();
    const other = finding({
      anchor: { side: 'head', path: TRAIN, startLine: lineNumber(7), endLine: lineNumber(7) },
      fault: { severity: 'warning' },
    });
    const fixes = new Map([
      [worse.fingerprint, edit(6, 6, 'x')],
      [other.fingerprint, edit(6, 7, 'y')],
    ]);
    const bodies = commentsOn({ findings: [worse, other], fixes }).map(({ body }) => body.includes('```suggestion'));
    expect(bodies).toEqual([true, false]);
  });

  it('never repeats a secret', () => {
    const found = finding();
    const secret = `token = "hf_${'a1B2'.repeat(8)}"`;
    const made = review({ findings: [found], fixes: new Map([[found.fingerprint, edit(6, 6, secret)]]) });
    expect(json(withChanges(made, ONE_HUNK))).not.toContain('hf_a1B2');
  });
});

describe('the marker of a comment', () => {
  const MARKER = {
    fingerprints: [finding().fingerprint, finding().fingerprint],
    project: 'a b/--> c',
    mended: false,
  };

  it('is read as it was written', () => {
    expect(readMarker(`${writeMarker(MARKER)}\r\nwords`)).toEqual(MARKER);
    expect(writeMarker(MARKER)).not.toContain('-->  c');
  });

  it.each([
    '',
    `words\n${writeMarker(MARKER)}`,
    writeMarker(MARKER).replace('v1', 'v2'),
    writeMarker(MARKER).replace('fp=', 'fp=x'),
    `${writeMarker({ ...MARKER, project: '' }).replace('project=', 'project=%')}`,
  ])('is not read from %j', (body) => {
    expect(readMarker(body)).toBeNull();
  });
});

function checkOutput(made: Review) {
  return presentGithub(made, PLAYBOOK, OPTIONS).checkRun.output;
}

function commentsOn(given: ReviewGiven, changes = ONE_HUNK) {
  return presentGithub(withChanges(review(given), changes), PLAYBOOK, OPTIONS).review?.comments ?? [];
}

/** The comment on a finding in line 6, or in the first line of an edit behind it. */
function suggested(fix: ReturnType<typeof edit>, changes = ONE_HUNK, text: string | null = TRAIN_HEAD): string {
  const line = lineNumber(Math.max(fix.startLine, 6));
  const found = finding({ anchor: { side: 'head', path: TRAIN, startLine: line, endLine: line } });
  const texts = { head: text === null ? new Map() : new Map([[TRAIN, text]]) };
  const [comment] = commentsOn({ findings: [found], fixes: new Map([[found.fingerprint, fix]]), texts }, changes);
  return comment?.body ?? '';
}

function json(made: Review): string {
  return safeJson(presentGithub(made, PLAYBOOK, OPTIONS));
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

const OWN_HTML = /<\/?(?:details|summary|sub)>|<br>|^<!-- tunelint:v1 [^>]* -->$/gm;

function expectSafe(markdown: string, limit: number): void {
  expect(bytes(markdown)).toBeLessThanOrEqual(limit);
  expect(hasClosedFences(markdown)).toBe(true);
  expect(markdown).not.toMatch(/\p{Cs}/u);
  expect(markdown).not.toMatch(/^\s*[/@]/);
  const { words, html, links } = rendered(markdown);
  expect(words.match(/.{0,40}(?:@\w|#\d|(?<![a-z0-9])gh-\d|:\/\/|www\.).{0,40}/iu)?.[0]).toBeUndefined();
  expect(html.replaceAll(OWN_HTML, '')).not.toMatch(/[<>]/);
  expect(html.match(/<details>/g)?.length).toBe(html.match(/<\/details>/g)?.length);
  for (const link of links)
    expect(link).toMatch(/^https:\/\/github\.com\/acme\/lab\/blob\/[0-9a-f]{40}\/[\w.~%/-]+#L\d+(?:-L\d+)?$/);
}

function languagesOf(markdown: string): (string | undefined)[] {
  return [...markdown.matchAll(/^(`{3,})([a-z]+)\n[\s\S]*?^\1$/gm)].map((match) => match[2]);
}
