import type { Finding, MetricComparison } from '../../src/model/comparison.js';
import {
  commitSha,
  fingerprint,
  lineNumber,
  metricKey,
  type RepoPath,
  repoPath,
  ruleId,
  runId,
} from '../../src/model/identifiers.js';
import { type Location, locate } from '../../src/model/location.js';
import { NO_PROMPTS } from '../../src/model/prompt-code.js';
import type { JudgedRun, Report } from '../../src/model/report.js';
import type { Review } from '../../src/model/review.js';
import { noSettings, type TrainingRun } from '../../src/model/run.js';
import type { Fault } from '../../src/model/verdict.js';
import { createPlaybook } from '../../src/playbook/load-playbook.js';
import { parsePlaybookPage } from '../../src/playbook/page.js';

/** What the tests of this folder need of a playbook: the minimal fixes, which need no pages. */
export const PLAYBOOK = createPlaybook([]);

export const TRUST = metricKey('finetuning_architecture.artifact_trust_surface_score');
export const PINNING = metricKey('finetuning_architecture.base_model_versioning_score');

/** A playbook of one entry, that of `artifact-trust-surface/remote-code`. */
export const ENTRIES = createPlaybook([
  parsePlaybookPage(
    'playbook.md',
    `# artifact-trust-surface

What it protects.

Metric: \`${TRUST}\`

> Minimal fix: ${PLAYBOOK.minimalFix(TRUST)}

## artifact-trust-surface/remote-code

### Why

Code of a branch
can change.

### Edit

Drop it.

#### Python

Drop the argument.

#### axolotl

Drop the key.

### Verify

It still loads.

### Leave it when

It is yours.
`,
  ),
]);

export const TRAIN = repoPath('train.py');
export const TRAIN_HEAD = `from transformers import AutoModelForCausalLM
from trl import SFTTrainer

BASE = "acme/base-7b"

model = AutoModelForCausalLM.from_pretrained(BASE, trust_remote_code=True)
trainer = SFTTrainer(model=model)
trainer.train()
`;
export const TRAIN_BASE = TRAIN_HEAD.replace('trust_remote_code=True', 'revision="4f1c2d"');

/** The first place where the words stand in a text. */
export function at(words: string, text: string = TRAIN_HEAD, path: RepoPath = TRAIN): Location {
  const start = text.indexOf(words);
  if (start < 0) throw new RangeError(`"${words}" is not in the text`);
  const lineOf = (offset: number) => lineNumber(text.slice(0, offset).split('\n').length);
  const end = start + words.length;
  return locate(path, { start, end, startLine: lineOf(start), endLine: lineOf(end) });
}

export const REMOTE_CODE: Fault = {
  severity: 'error',
  confidence: 'high',
  at: at('trust_remote_code=True'),
  chain: [],
  key: 'AutoModelForCausalLM.from_pretrained(trust_remote_code)',
  value: 'true',
  message: '`trust_remote_code=True` runs code of `acme/base-7b` that no review has seen. Drop it, or pin the code.',
  deviation: null,
  fix: null,
};

let findings = 0;

/** A new, anchored finding of remote code, but for what is given. */
export function finding(
  given: Partial<Omit<Finding, 'fault' | 'rule'>> & { rule?: string; fault?: Partial<Fault> } = {},
) {
  const fault = { ...REMOTE_CODE, ...given.fault };
  findings += 1;
  const usual: Finding = {
    fingerprint: fingerprint(findings.toString(16).padStart(16, '0')),
    rule: ruleId(given.rule ?? 'artifact-trust-surface/remote-code'),
    metric: TRUST,
    state: 'new',
    gone: null,
    kind: 'violated',
    fault,
    runs: [RUN.run.id],
    anchor: { side: 'head', path: fault.at.path, startLine: fault.at.startLine, endLine: fault.at.endLine },
    inline: true,
    habit: null,
  };
  return { ...usual, ...given, fault, rule: usual.rule } satisfies Finding;
}

/** A judged run of `train.py`, but for what is given. */
export function run(name = 'train.py: SFTTrainer', given: Partial<TrainingRun> = {}): JudgedRun {
  const made: TrainingRun = {
    id: runId(TRAIN, name),
    name,
    stack: 'trl',
    method: 'sft',
    role: 'recipe',
    adapters: 'unused',
    at: at('SFTTrainer(model=model)'),
    files: [TRAIN],
    gaps: [],
    versions: new Map(),
    libraries: new Set(),
    loads: [],
    saves: [],
    reads: [],
    adapterSetups: [],
    uploads: [],
    secrets: [],
    settings: noSettings(at('SFTTrainer(model=model)')),
    trainer: noSettings(at('SFTTrainer(model=model)')),
    calls: [],
    commands: [],
    environment: new Map(),
    callsOpen: null,
    evaluatedElsewhere: null,
    parts: [],
    rewards: null,
    columns: null,
    rowKeys: null,
    prompts: NO_PROMPTS,
    data: { training: null, evaluation: null },
    generated: [],
    uses: [],
    registered: [],
    api: { trainer: null, arguments: null },
    ...given,
  };
  return { run: made, verdicts: new Map() };
}

export const RUN = run();

export function metricChange(given: Partial<MetricComparison> = {}): MetricComparison {
  return { metric: TRUST, base: 1, head: 0.5, delta: -0.5, degraded: true, worsened: [], ...given };
}

export interface ReviewGiven {
  readonly findings?: readonly Finding[];
  readonly metrics?: readonly MetricComparison[];
  readonly baseRuns?: readonly JudgedRun[];
  readonly headRuns?: readonly JudgedRun[];
  readonly changed?: readonly RepoPath[];
  readonly unaddressable?: number;
  readonly composites?: Review['comparison']['composites'];
  readonly brokenLinks?: Review['comparison']['brokenLinks'];
  readonly failures?: Report['failures'];
  readonly fixes?: Review['fixes'];
  readonly files?: Partial<Review['files']>;
  readonly texts?: Partial<Review['texts']>;
}

/** A review of a change to `train.py`, trained on both sides, but for what is given. */
export function review(given: ReviewGiven = {}): Review {
  const baseRuns = given.baseRuns ?? [RUN];
  const headRuns = given.headRuns ?? [RUN];
  const metrics = given.metrics ?? [];
  return {
    snapshot: {
      base: { commit: commitSha('1234567890'.repeat(4)), files: new Map() },
      head: { commit: commitSha('89abcdef01'.repeat(4)), files: new Map() },
      changes: (given.changed ?? [TRAIN]).map((path) => {
        return { status: 'modified', path, previousPath: null, hunks: [], opaque: false };
      }),
      unaddressable: given.unaddressable ?? 0,
    },
    comparison: {
      base: report(baseRuns, metrics, 'base', given),
      head: report(headRuns, metrics, 'head', given),
      findings: given.findings ?? [],
      metrics,
      composites: given.composites ?? [],
      continued: new Map(headRuns.filter((head) => baseRuns.includes(head)).map(({ run }) => [run.id, run.id])),
      brokenLinks: given.brokenLinks ?? [],
    },
    fixes: given.fixes ?? new Map(),
    files: { analysed: [TRAIN], partial: [], skipped: [], ...given.files },
    texts: { base: new Map([[TRAIN, TRAIN_BASE]]), head: new Map([[TRAIN, TRAIN_HEAD]]), ...given.texts },
    timings: { read: 12.3456789 },
  };
}

function report(
  runs: readonly JudgedRun[],
  metrics: readonly MetricComparison[],
  side: 'base' | 'head',
  { composites = [], failures = [] }: ReviewGiven,
): Report {
  return {
    runs,
    scores: {
      metrics: new Map(metrics.map((metric) => [metric.metric, metric[side]])),
      composites: new Map(composites.map((composite) => [composite.composite, composite[side]])),
    },
    failures: side === 'head' ? failures : [],
  };
}
