import { structuredPatch } from 'diff';
import { compareReports } from '../../src/comparison/compare-reports.js';
import { judge } from '../../src/engine/judge.js';
import { applicableFixes } from '../../src/fixes/prove-fixes.js';
import type { FileChange, Hunk } from '../../src/model/change.js';
import type { Comparison, Finding } from '../../src/model/comparison.js';
import type { ProvenFix } from '../../src/model/fix.js';
import { type Fingerprint, lineNumber, type RepoPath, repoPath } from '../../src/model/identifiers.js';
import type { Report } from '../../src/model/report.js';
import { DEFAULT_JUDGE_OPTIONS, type Detector, type JudgeOptions } from '../../src/model/rule.js';
import type { SourceTree } from '../../src/model/source-tree.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, factsOf, sourceTree } from './source-tree.js';

export interface ReviewedChange {
  readonly comparison: Comparison;
  readonly fixes: ReadonlyMap<Fingerprint, ProvenFix>;
}

/** Reviews a change given as texts: the same rooms as the product's, without a repository around them. */
export async function reviewFiles(
  base: Files,
  head: Files,
  detectors: readonly Detector[],
  renames: Readonly<Record<string, string>> = {},
  options: JudgeOptions = DEFAULT_JUDGE_OPTIONS,
): Promise<ReviewedChange> {
  const trees = { base: await sourceTree(base), head: await sourceTree(head) };
  const judged = (tree: SourceTree): Report => judge(detectors, findRuns(tree), options);
  const comparison = compareReports({
    base: judged(trees.base),
    head: judged(trees.head),
    changes: changesBetween(base, head, renames),
    detectors,
    options,
    unreadOnBase: new Set(),
  });
  const texts = new Map(Object.entries(head).map(([path, text]) => [repoPath(path), text]));
  const fixes = await applicableFixes({
    comparison,
    texts,
    isGenerated: () => false,
    partialOf: (path) => trees.head.files.get(path)?.partial ?? null,
    extract: factsOf,
    judgeWith: async (path, facts) => judged({ ...trees.head, files: new Map(trees.head.files).set(path, facts) }),
  });
  return { comparison, fixes };
}

/** The findings of a change that are new, for tests that ask for nothing else. */
export async function newFindings(base: Files, head: Files, detectors: readonly Detector[]): Promise<Finding[]> {
  const { comparison } = await reviewFiles(base, head, detectors);
  return comparison.findings.filter((finding) => finding.state === 'new');
}

/** `renames` maps a path of the head to its path on the base. */
export function changesBetween(base: Files, head: Files, renames: Readonly<Record<string, string>> = {}): FileChange[] {
  const renamedFrom = new Set(Object.values(renames));
  const changed = Object.keys(head).flatMap((path) => {
    const previous = renames[path] ?? path;
    const before = base[previous];
    return before === head[path] && previous === path ? [] : [changeOf(path, previous, before, head[path] ?? '')];
  });
  const removed = Object.keys(base).filter((path) => head[path] === undefined && !renamedFrom.has(path));
  return [...changed, ...removed.map((path) => removal(path, base[path] ?? ''))];
}

function changeOf(path: string, previous: string, before: string | undefined, after: string): FileChange {
  const renamed = previous !== path;
  return {
    status: renamed ? 'renamed' : before === undefined ? 'added' : 'modified',
    path: repoPath(path),
    previousPath: renamed ? (repoPath(previous) as RepoPath) : null,
    hunks: hunksBetween(before ?? '', after),
    opaque: false,
  };
}

function removal(path: string, before: string): FileChange {
  return {
    status: 'removed',
    path: repoPath(path),
    previousPath: null,
    hunks: hunksBetween(before, ''),
    opaque: false,
  };
}

function hunksBetween(before: string, after: string): Hunk[] {
  return structuredPatch('base', 'head', before, after, '', '', { context: 3 }).hunks.map((hunk) => {
    let base = hunk.oldStart;
    let head = hunk.newStart;
    const lines = hunk.lines.flatMap((line) => {
      if (line.startsWith('\\')) return [];
      const onBase = line.startsWith('+') ? null : lineNumber(base++);
      const onHead = line.startsWith('-') ? null : lineNumber(head++);
      return [{ base: onBase, head: onHead }];
    });
    return { lines };
  });
}
