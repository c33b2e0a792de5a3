import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lineNumber, repoPath, ruleId } from '../../src/model/identifiers.js';
import { presentMarkdown } from '../../src/presentation/markdown.js';
import { renderDocument, type Section } from '../../src/presentation/markdown-document.js';
import { edit, hasClosedFences, rendered } from './markdown-review.js';
import { nastyReview } from './nasty-review.js';
import {
  at,
  finding,
  metricChange,
  PINNING,
  PLAYBOOK,
  type ReviewGiven,
  RUN,
  review,
  run,
  TRAIN,
  TRUST,
} from './review-builder.js';

describe('a review as Markdown', () => {
  it('tells what is new whole, then the rest in the order in which it matters', () => {
    const found = finding({ fault: { chain: [at('BASE, '), at('BASE = ')] } });
    const unsure = finding({ metric: PINNING, fault: { severity: 'warning', confidence: 'medium' } });
    const rule = ruleId('artifact-trust-surface/unsafe-load');
    const given: ReviewGiven = {
      findings: [
        found,
        unsure,
        finding({ fault: { severity: 'notice', message: 'The tag `v1.0` can be moved.' }, habit: 'as in 3 of 4 runs' }),
        finding({ state: 'absent', gone: 'fixed', anchor: null }),
        finding({ state: 'unchanged', anchor: null }),
      ],
      headRuns: [RUN, run('other')],
      metrics: [metricChange({ worsened: [{ run: RUN.run.id, rule, from: 1, to: 0.5 }] })],
      composites: [{ composite: 'overall_finetuning_health', base: 0.5, head: 0.6, delta: 0.1 }],
      fixes: new Map([[found.fingerprint, edit(6, 6, 'model = AutoModelForCausalLM.from_pretrained(BASE)')]]),
      brokenLinks: [{ run: RUN.run.id, path: repoPath('a.yml'), at: at('BASE') }],
      failures: [{ rule, run: RUN.run.id, cause: new Error('x') }],
      files: { partial: [{ path: TRAIN, reading: { reason: 'syntax-error', line: lineNumber(3), detail: null } }] },
    };
    expect(markdown(given)).toMatchSnapshot();
  });

  it('is one line and the rule set where the change has nothing to do with training', () => {
    expect(markdown({ changed: [repoPath('README.md')] })).toBe(
      '**Nothing in this change touches a training run** · base 1234567 → head 89abcde\n\nSettings: defaults. Rule set 3.\n',
    );
  });

  it('names the metrics that apply on neither side under the table, and says where deltas leave out what came', () => {
    const none = metricChange({ metric: PINNING, base: null, head: null, delta: null, degraded: false });
    const text = markdown({ findings: [finding()], metrics: [metricChange({ delta: 0 }), none] });
    expect(text).toContain('| Artifact Trust Surface | 1.000 | 0.500 | 0.000 ▼ |');
    expect(text).not.toContain('| Base Model Pinning |');
    expect(text).toContain('Without a score, since nothing applies or is known: Base Model Pinning.');
    expect(text).toContain('Deltas compare what was judged on both sides');
    expect(markdown({ findings: [finding()], metrics: [metricChange()] })).not.toContain('Deltas compare');
  });

  it('tells findings that say the same at several places as one, and those that do not by themselves', () => {
    const notice = { severity: 'notice', message: 'Keep two.' } as const;
    const elsewhere = { ...notice, at: at('BASE = ') };
    const findings = [
      finding({ fault: notice }),
      finding({ fault: elsewhere, anchor: null }),
      finding({ fault: { ...notice, message: 'Keep three.' } }),
    ];
    const lines = markdown({ findings }).split('\n');
    expect(lines.filter((line) => line.startsWith('- **notice**'))).toEqual([
      '- **notice** `train.py:6` and `train.py:4` · `artifact-trust-surface/remote-code`<br>Keep two.',
      '- **notice** `train.py:6` · `artifact-trust-surface/remote-code`<br>Keep three.',
    ]);
  });

  it('quotes the minimal fix once for a degraded metric, and with the finding for others', () => {
    const text = markdown({ findings: [finding(), finding({ metric: PINNING })], metrics: [metricChange()] });
    expect(text.split(`> **Minimal fix:** ${PLAYBOOK.minimalFix(TRUST)}\n`)).toHaveLength(2);
    expect(text.split(`> **Minimal fix** (Base Model Pinning): ${PLAYBOOK.minimalFix(PINNING)}\n`)).toHaveLength(2);
  });

  it('leaves out code that nobody would read', () => {
    const found = finding();
    const text = `x = 1 #${'y'.repeat(20_000)}\n`;
    const fixes = new Map([[found.fingerprint, edit(1, 1, 'x = 2')]]);
    const shown = markdown({ findings: [found], fixes, texts: { head: new Map([[TRAIN, text]]) } });
    expect(shown).toContain('**Fix**: ');
    expect(shown).not.toContain('```diff');
  });

  it('is the same bytes for the same review, short enough to paste, and says nothing live', () => {
    fc.assert(
      fc.property(nastyReview(), (made) => {
        const text = presentMarkdown(made, PLAYBOOK);
        expect(presentMarkdown(structuredClone(made), PLAYBOOK)).toBe(text);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
        expect(hasClosedFences(text)).toBe(true);
        const { words, html, links } = rendered(text);
        expect(words.match(/.{0,40}(?:@\w|#\d|(?<![a-z0-9])gh-\d|:\/\/|www\.).{0,40}/iu)?.[0]).toBeUndefined();
        expect(html.replaceAll(/<\/?(?:details|summary)>|<br>/g, '')).not.toMatch(/[<>]/);
        expect(links).toEqual([]);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });
});

describe('a document that is too long', () => {
  const SECTIONS: readonly Section[] = [
    { heading: '# Kept', pieces: ['a'.repeat(50)], layout: 'paragraphs', noun: 'word', yields: null },
    { heading: '# Late', pieces: ['b1', 'b2', 'b3'], layout: 'list', noun: 'finding', yields: 1 },
    { heading: 'Early', pieces: ['c1', 'c2'], layout: 'collapsed-list', noun: 'file', yields: 0 },
  ];
  const whole = renderDocument(SECTIONS, 1000);

  it('stays whole while it fits', () => {
    expect(renderDocument(SECTIONS, Buffer.byteLength(whole))).toBe(whole);
    expect(whole).toContain('<details><summary>Early</summary>\n\n- c1\n- c2\n\n</details>');
  });

  it('loses the last pieces of what yields first, and counts them', () => {
    const shorter = renderDocument(
      [...SECTIONS.slice(0, 2), { ...SECTIONS[2], pieces: ['c1', 'c'.repeat(90)] } as Section],
      180,
    );
    expect(shorter).toContain('- b3');
    expect(shorter).toContain('- c1\n- … 1 more file left out for length.');
  });

  it('never breaks a piece, and keeps what must stay', () => {
    const sections = fc.array(
      fc.record({
        heading: fc.constantFrom('# One', '# Two'),
        pieces: fc.array(
          fc.nat({ max: 60 }).map((length) => `<${'é'.repeat(length)}>`),
          { maxLength: 8 },
        ),
        layout: fc.constantFrom<Section['layout']>('paragraphs', 'list', 'collapsed-list'),
        noun: fc.constant('piece'),
        yields: fc.nat({ max: 3 }),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(sections, fc.nat({ max: 500 }), (made, room) => {
        const all: Section[] = [
          ...made,
          { heading: 'must stay', pieces: [], layout: 'paragraphs', noun: '', yields: null },
        ];
        const least = Buffer.byteLength(renderDocument(all, 0));
        const text = renderDocument(all, least + room);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(least + room);
        expect(text).toContain('must stay');
        const known = new Set(made.flatMap(({ pieces }) => pieces));
        for (const piece of text.match(/<é*>?/g) ?? []) expect(piece === '<' || known.has(piece)).toBe(true);
        const left = [...text.matchAll(/… (\d+) more piece/g)].reduce((sum, [, number]) => sum + Number(number), 0);
        const shown = text.match(/<é*>/g)?.length ?? 0;
        expect(shown + left).toBe(made.reduce((sum, { pieces }) => sum + pieces.length, 0));
      }),
    );
  });
});

function markdown(given: ReviewGiven): string {
  return presentMarkdown(review(given), PLAYBOOK);
}
