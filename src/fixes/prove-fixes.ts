import type { Comparison, Finding } from '../model/comparison.js';
import type { FileFacts, PartialReading } from '../model/fact.js';
import type { ProvenFix } from '../model/fix.js';
import type { Fingerprint, RepoPath } from '../model/identifiers.js';
import type { Report } from '../model/report.js';
import { shareOf } from '../model/score.js';
import { applyTextEdits, asLineReplacement, planTextEdits } from './apply-edits.js';

export interface ProofContext {
  readonly comparison: Comparison;
  /** Of the head. */
  readonly texts: ReadonlyMap<RepoPath, string>;
  /** Whether an edit of a file of the head would be lost. */
  readonly isGenerated: (path: RepoPath) => boolean;
  readonly extract: (path: RepoPath, text: string) => Promise<FileFacts>;
  /** What of a file of the head could not be read. */
  readonly partialOf: (path: RepoPath) => PartialReading | null;
  /** Judges the head as it is with other facts for one file. */
  readonly judgeWith: (path: RepoPath, facts: FileFacts) => Promise<Report>;
}

/** An edit of more lines is a rewrite, and for a person to make. */
export const MOST_LINES = 5;
/** Longer lines are no reading for anybody: a notebook, or a data file, that is all on one line. */
const MOST_CHARACTERS = 20_000;

/**
 * The fixes of new findings that hold: applied to the head in memory, parsed again and judged again, each mends its
 * finding and makes no other verdict worse. What does not hold is left out; the finding then stands without an edit.
 */
export async function applicableFixes(context: ProofContext): Promise<ReadonlyMap<Fingerprint, ProvenFix>> {
  const proven = new Map<Fingerprint, ProvenFix>();
  for (const finding of context.comparison.findings) {
    if (finding.state !== 'new' && finding.state !== 'updated') continue;
    const fix = await proveFix(finding, context);
    if (fix !== null) proven.set(finding.fingerprint, fix);
  }
  return proven;
}

async function proveFix(finding: Finding, context: ProofContext): Promise<ProvenFix | null> {
  const fix = finding.fault.fix;
  const path = fix?.edits[0] === undefined ? undefined : placeOf(fix.edits[0]);
  const text = path === undefined ? undefined : context.texts.get(path);
  if (fix === null || fix.applicability === 'display-only' || path === undefined || text === undefined) return null;
  if (context.isGenerated(path)) return null;
  const edits = planTextEdits({ path, text }, fix.edits);
  const lines = edits === null ? null : asLineReplacement(text, edits, MOST_LINES);
  if (edits === null || lines === null || lines.replacement.length > MOST_CHARACTERS) return null;
  if (!(await holds(finding, path, applyTextEdits(text, edits), context))) return null;
  return { applicability: fix.applicability, title: fix.title, path, ...lines };
}

async function holds(finding: Finding, path: RepoPath, text: string, context: ProofContext): Promise<boolean> {
  const facts = await context.extract(path, text);
  if (facts.partial !== null && context.partialOf(path) === null) return false;
  const after = await context.judgeWith(path, facts);
  return mends(finding, context.comparison.head, after) && worsensNothing(context.comparison.head, after);
}

/** In every run that the finding was seen in, the rule still applies and more of it is met. */
function mends(finding: Finding, before: Report, after: Report): boolean {
  const mended = runsById(after);
  return before.runs
    .filter(({ run }) => finding.runs.includes(run.id))
    .every(({ run, verdicts }) => {
      const from = shareOf(verdicts.get(finding.rule));
      const to = shareOf(mended.get(run.id)?.verdicts.get(finding.rule));
      return from !== null && to !== null && to > from;
    });
}

/** No verdict that was known gets worse, unknown or inapplicable, and no run is lost. */
function worsensNothing(before: Report, after: Report): boolean {
  const mended = runsById(after);
  return before.runs.every(({ run, verdicts }) =>
    [...verdicts].every(([rule, verdict]) => {
      const from = shareOf(verdict);
      const to = shareOf(mended.get(run.id)?.verdicts.get(rule));
      return from === null || (to !== null && to >= from);
    }),
  );
}

function runsById(report: Report): Map<string, Report['runs'][number]> {
  return new Map(report.runs.map((it) => [it.run.id, it]));
}

function placeOf(edit: NonNullable<Finding['fault']['fix']>['edits'][number]): RepoPath {
  return edit.kind === 'add-key' ? edit.after.path : edit.at.path;
}
