import { describe, expect, it } from '@jest/globals';
import { lineNumber, metricKey, repoPath, ruleId } from '../../src/model/identifiers.js';
import { presentText } from '../../src/presentation/text.js';
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
  TRAIN_BASE,
  TRAIN_HEAD,
  TRUST,
} from './review-builder.js';

const CONFIG = repoPath('configs/base.yaml');
const CONFIG_HEAD = 'model:\n  name: acme/base-7b\n  revision: main\n';

describe('a review as text', () => {
  it('tells new findings whole, the rest in short, then scores, degraded metrics and files', () => {
    const given = everything();
    expect(plain(given)).toMatchSnapshot();
  });

  it('has colours where they are asked for', () => {
    expect(presentText(review(everything()), PLAYBOOK, { colour: true, width: 100 })).toMatchSnapshot();
  });

  it('gives the same bytes for the same review', () => {
    const made = review(everything());
    const options = { colour: true, width: 80 };
    expect(presentText(made, PLAYBOOK, options)).toBe(presentText(made, PLAYBOOK, options));
  });

  it('is one calm line where the change has nothing to do with training', () => {
    expect(plain({ changed: [repoPath('README.md')] })).toBe(
      'Nothing in this change touches a training run · base 1234567 → head 89abcde\n',
    );
  });

  it.each<[string, ReviewGiven, string]>([
    ['nothing is found', {}, 'no new findings · base 1234567 → head 89abcde'],
    ['one error is new', { findings: [finding()] }, '1 finding new (1 error) · '],
    [
      'one of two is a notice and another is fixed',
      {
        findings: [
          finding({ fault: { severity: 'warning' } }),
          finding({ fault: { severity: 'notice' } }),
          finding({ state: 'absent', gone: 'fixed' }),
        ],
      },
      '2 findings new (1 warning), 1 fixed · ',
    ],
    [
      'a run went and a value changed',
      { findings: [finding({ state: 'absent', gone: 'removed' }), finding({ state: 'updated' })] },
      'no new findings, 1 updated, 1 removed with its run · ',
    ],
    [
      'the base has no runs',
      { baseRuns: [], findings: [finding(), ...three(() => finding({ fault: { severity: 'warning' } }))] },
      'first training run: 1 error, 3 warnings · ',
    ],
    ['the first run is clean', { baseRuns: [] }, 'first training run: no findings · '],
    [
      'a warning is a house habit',
      { findings: [finding({ fault: { severity: 'warning' }, habit: 'as in 31 of 40 runs' })] },
      '1 finding new · ',
    ],
  ])('opens with the verdict: %s', (_, given, headline) => {
    expect(plain(given).split('\n')[0]).toContain(headline);
  });

  it('quotes the minimal fix in one piece, however narrow the terminal is', () => {
    const text = presentText(review({ findings: [finding()] }), PLAYBOOK, { colour: false, width: 40 });
    expect(text).toContain(`"${PLAYBOOK.minimalFix(TRUST)}"`);
  });

  it('shows the lines of the base for what was removed', () => {
    const place = at('revision="4f1c2d"', TRAIN_BASE);
    const removed = finding({
      fault: { at: at('from_pretrained') },
      anchor: { side: 'base', path: TRAIN, startLine: place.startLine, endLine: place.endLine },
    });
    const text = plain({ findings: [removed] });
    expect(text).toContain('- 6 │ model = AutoModelForCausalLM.from_pretrained(BASE, revision="4f1c2d")');
    expect(text).toContain('train.py:6  (line of the base)');
    expect(text).toContain('found at train.py:6');
  });

  it.each<[string, ReviewGiven, string]>([
    ['a file that holds no such line', { texts: { head: new Map([[TRAIN, 'import os\n']]) } }, 'train.py:6'],
    ['a file whose text is not at hand', { texts: { head: new Map() } }, 'train.py:6'],
  ])('leaves the code out for %s', (_, given, place) => {
    const text = plain({ findings: [finding()], ...given });
    expect(text).toContain(place);
    expect(text).not.toContain('│');
  });

  it('says when a rule stopped early and a link was broken', () => {
    const text = plain({
      failures: [{ rule: ruleId('artifact-trust-surface/remote-code'), run: RUN.run.id, cause: new Error('x') }],
      brokenLinks: [{ run: RUN.run.id, path: CONFIG, at: at('BASE') }],
    });
    expect(text).toContain('artifact-trust-surface/remote-code stopped early. That is our fault, not yours');
    expect(text).toContain('names configs/base.yaml, which this change deletes.');
  });

  it('names the three lowest metrics where findings were fixed and the whole did not rise', () => {
    const text = plain({
      findings: [finding({ state: 'absent', gone: 'fixed' })],
      metrics: [
        metricChange({ degraded: false, head: 0.25 }),
        metricChange({ metric: PINNING, degraded: false, head: 0 }),
      ],
      composites: [{ composite: 'overall_finetuning_health', base: 0.5, head: 0.5, delta: 0 }],
    });
    expect(text.replaceAll('\n', ' ')).toContain(
      'Lowest now: Base Model Pinning (0.000) and Artifact Trust Surface (0.250).',
    );
  });

  it('names the pairs that fell where no finding tells of them', () => {
    const rule = ruleId('base-model-versioning/unpinned-model');
    const pairs = [{ run: RUN.run.id, rule, from: 1, to: 0.5 }];
    const text = plain({ metrics: [metricChange({ metric: PINNING, worsened: pairs })] });
    expect(text).toContain('train.py: SFTTrainer  base-model-versioning/unpinned-model fell from 1.000 to 0.500');
  });
});

describe('files whose names are not UTF-8', () => {
  it.each<[string, ReviewGiven]>([
    ['beside a training run', {}],
    ['beside nothing that trains', { baseRuns: [], headRuns: [], changed: [] }],
  ])('are counted %s', (_, given) => {
    expect(plain({ ...given, unaddressable: 2 })).toContain('  2 files were left out: their names are not UTF-8;');
  });
});

describe('text of a repository', () => {
  const HOSTILE =
    '\u001b[2J\u001b]8;;https://evil.example\u0007\u009b31m\u202etxt.exe\r\nmade up line\u2028\u200b\ud800';

  it('cannot move the cursor, set colours, make links, reverse a line or add one', () => {
    const head = TRAIN_HEAD.replace('BASE, ', `BASE, # ${HOSTILE.replace('\r\n', '\r')} `);
    const hostile = finding({
      fault: { at: at('trust_remote_code=True', head), message: `Sees ${HOSTILE}.`, deviation: HOSTILE },
    });
    const given = review({
      findings: [hostile, finding({ habit: HOSTILE })],
      headRuns: [run(HOSTILE)],
      files: {
        skipped: [
          { path: repoPath(HOSTILE.replaceAll('/', '')), reading: { reason: 'crashed', line: null, detail: HOSTILE } },
        ],
      },
      texts: { head: new Map([[TRAIN, head]]) },
      fixes: new Map([[hostile.fingerprint, removal(hostile.fault.at.startLine, HOSTILE)]]),
    });
    const text = presentText(given, PLAYBOOK, { colour: false, width: 100 });
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(text).not.toMatch(/^made up line/m);
    expect(text).toContain('\\u{1b}[2J');
  });
});

function plain(given: ReviewGiven): string {
  return presentText(review(given), PLAYBOOK, { colour: false, width: 100 });
}

function three<T>(make: () => T): T[] {
  return [make(), make(), make()];
}

function removal(line: number, replacement: string) {
  const number = lineNumber(line);
  return {
    applicability: 'unsafe' as const,
    title: 'Drop `trust_remote_code=True`.',
    path: TRAIN,
    startLine: number,
    endLine: number,
    replacement,
    deletesLines: false,
  };
}

function everything(): ReviewGiven {
  const remote = finding({ fault: { deviation: 'The argument goes, because its default is the safe value.' } });
  const use = at('BASE, trust');
  const set = at('main', CONFIG_HEAD, CONFIG);
  const branch = finding({
    rule: 'base-model-versioning/branch-for-a-revision',
    metric: PINNING,
    fault: {
      severity: 'warning',
      at: set,
      chain: [use, at('BASE = '), set],
      message: '`main` is a branch, so the next run may train on other weights. Pin a commit.',
    },
    runs: [RUN, run('a'), run('b'), run('c'), run('d'), run('e')].map(({ run }) => run.id),
  });
  const notice = { severity: 'notice', message: 'The tag `v1.0` can be moved. A commit cannot.' } as const;
  return {
    headRuns: [RUN, run('a'), run('b'), run('c'), run('d'), run('e')],
    findings: [
      remote,
      branch,
      finding({ rule: 'base-model-versioning/tag', metric: PINNING, anchor: null, fault: notice }),
      finding({ fault: { severity: 'warning', confidence: 'medium' }, habit: 'as in 31 of 40 runs' }),
      finding({ state: 'updated' }),
      finding({ state: 'absent', gone: 'fixed' }),
      finding({ state: 'absent', gone: 'removed' }),
      finding({ state: 'unchanged' }),
    ],
    metrics: [
      metricChange({ metric: PINNING, base: 1, head: 0.75, delta: -0.25 }),
      metricChange(),
      metricChange({
        metric: metricKey('finetuning_architecture.run_lineage_score'),
        base: 0.2,
        head: 0.4,
        delta: 0.2,
        degraded: false,
      }),
      metricChange({
        metric: metricKey('finetuning_architecture.adapter_isolation_score'),
        base: null,
        head: null,
        delta: null,
        degraded: false,
      }),
    ],
    composites: [
      { composite: 'overall_finetuning_health', base: 0.9, head: 0.7, delta: -0.2 },
      { composite: 'reproducibility_score', base: 0.5, head: 0.5, delta: 0 },
    ],
    fixes: new Map([[remote.fingerprint, removal(6, 'model = AutoModelForCausalLM.from_pretrained(BASE)')]]),
    files: {
      partial: [{ path: TRAIN, reading: { reason: 'syntax-error', line: lineNumber(12), detail: null } }],
      skipped: [{ path: CONFIG, reading: { reason: 'too-large', line: null, detail: '600 kB of 512 kB' } }],
    },
    texts: {
      head: new Map([
        [TRAIN, TRAIN_HEAD],
        [CONFIG, CONFIG_HEAD],
      ]),
    },
  };
}
