import { z } from 'zod';
import { METHODS } from '../model/run.js';
import { SEVERITIES } from '../model/verdict.js';
import { COMPOSITE_TITLES, KEY_PREFIX, METRICS } from '../playbook/metrics.js';

/** Goes up when a reader of the older version would misread a review; a new key alone does not raise it. */
export const SCHEMA_VERSION = 1;

/** Every key of a `scores` object: the thirteen metrics in the playbook's order, then the four composites. */
export const SCORE_KEYS: readonly string[] = [
  ...METRICS.map(({ key }) => key),
  ...Object.keys(COMPOSITE_TITLES).map((key) => `${KEY_PREFIX}${key}`),
];

const score = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .describe('From 0 to 1, higher is better; null where nothing applies.');
const delta = z.number().min(-1).max(1).nullable();
const line = z.int().min(1);
const path = z.string().min(1).describe('Relative to the repository, with / between its parts.');
const commit = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const metric = z.enum(METRICS.map(({ key }): string => key));
const rule = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/);
const run = z.string().describe('The id of a run: its file and the name of its entry.');
const place = z.strictObject({ path, startLine: line, endLine: line });
const scores = z.strictObject(Object.fromEntries(SCORE_KEYS.map((key) => [key, score])));

const metricChange = z.strictObject({
  metric,
  title: z.string(),
  base: score,
  head: score,
  delta: delta.describe('Over what was judged on both sides; null where that is nothing.'),
  degraded: z.boolean().describe('A verdict on a run fell, or a new finding of weight appeared.'),
  minimalFix: z.string(),
  worsened: z.array(z.strictObject({ run, rule, from: z.number(), to: z.number() })),
});

const compositeChange = z.strictObject({
  composite: z.enum(Object.keys(COMPOSITE_TITLES).map((key) => `${KEY_PREFIX}${key}`)),
  base: score,
  head: score,
  delta,
});

const suggestion = z
  .strictObject({
    applicability: z.enum(['safe', 'unsafe']).describe('unsafe: the edit changes what the run does.'),
    title: z.string(),
    path,
    startLine: line,
    endLine: line,
    replacement: z.string().describe('What stands in place of the lines, without the last line end.'),
    deletesLines: z.boolean().describe('The lines go, and nothing stands in their place.'),
  })
  .describe('An edit of the head that was applied, parsed and judged again.');

const finding = z.strictObject({
  metric,
  rule,
  severity: z.enum(SEVERITIES),
  confidence: z.enum(['high', 'medium', 'low']),
  path,
  startLine: line,
  endLine: line,
  side: z.enum(['base', 'head']).describe('The side that path and lines are on: base for lines that were removed.'),
  state: z.enum(['new', 'unchanged', 'updated', 'absent']),
  message: z.string(),
  minimalFix: z.string(),
  suggestion: suggestion.nullable(),
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
  runs: z.array(run),
  inline: z.boolean().describe('Whether the App would post it as a comment.'),
  kind: z.enum(['missing', 'violated']),
  key: z.string().describe('The setting it is about, without position.'),
  value: z.string().nullable().describe('The offending value; null for what is missing.'),
  gone: z.enum(['fixed', 'removed', 'unknown']).nullable().describe('Why an absent finding is gone.'),
  habit: z.string().nullable().describe('Why a fault of weight is only a notice here.'),
  deviation: z.string().nullable().describe('Why the edit differs from the minimal fix.'),
  at: place.describe('Where the fault itself stands, which may be outside the change.'),
  chain: z.array(place).describe('The places the value came through, from where it is used to where it is set.'),
});

const judgedRun = z.strictObject({
  id: run,
  name: z.string(),
  state: z.enum(['new', 'continued', 'removed']),
  base: run.nullable().describe('The run of the base that it continues.'),
  path,
  line,
  stack: z.string(),
  method: z.enum(METHODS),
  role: z.enum(['recipe', 'example', 'smoke']),
  adapters: z.enum(['used', 'unused', 'unknown']),
});

const unread = z.strictObject({
  path,
  reason: z.string(),
  line: line.nullable(),
  detail: z.string().nullable(),
  message: z.string().describe('The same as a sentence.'),
});

/** A review as other programs read it. Keys stand in this order. */
export const reviewSchema = z
  .strictObject({
    schemaVersion: z.literal(SCHEMA_VERSION),
    base: commit,
    head: commit.describe('A commit, or the tree that stands in for one when a work tree is reviewed.'),
    scores: z.strictObject({ base: scores, head: scores }),
    metrics: z.array(metricChange),
    composites: z.array(compositeChange),
    findings: z.array(finding).describe('Worst first, then by path and line.'),
    runs: z.array(judgedRun),
    files: z.strictObject({
      analysed: z.array(path),
      partial: z.array(unread),
      skipped: z.array(unread),
      unaddressable: z.int().min(0).describe('How many files of the head have names that are not UTF-8.'),
    }),
    timings: z
      .record(z.string(), z.number().min(0))
      .describe('Milliseconds by step: the only part in which two reviews of the same change may differ.'),
  })
  .meta({ title: 'Tunelint review' });

export type ReviewDocument = z.infer<typeof reviewSchema>;

/** The published JSON Schema, as it stands in `schemas/review.schema.json`. */
export function reviewJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(reviewSchema, { target: 'draft-2020-12' }), null, 2)}\n`;
}
