import { compareReports } from '../comparison/compare-reports.js';
import { judge } from '../engine/judge.js';
import { applicableFixes } from '../fixes/prove-fixes.js';
import type { Bounds } from '../model/bounds.js';
import type { RepoPath } from '../model/identifiers.js';
import type { Report } from '../model/report.js';
import type { FileCoverage, Review } from '../model/review.js';
import type { Detector, JudgeOptions } from '../model/rule.js';
import type { SourceTree } from '../model/source-tree.js';
import { findRuns } from '../runs/find-runs.js';
import type { ChangeSource, FactCache, FactExtraction } from './ports.js';
import { readTrees } from './read-trees.js';

export interface ChangeReviewDependencies {
  readonly source: ChangeSource;
  readonly extraction: FactExtraction;
  /** Null to read every file anew. */
  readonly cache: FactCache | null;
  readonly detectors: readonly Detector[];
  readonly bounds: Bounds;
  readonly options: JudgeOptions;
  /** Milliseconds, only ever subtracted. */
  readonly clock: () => number;
  readonly progress?: (step: string, done: number, total: number) => void;
}

/** The road of a review, from two trees to everything that a presentation needs. */
export function createChangeReview(deps: ChangeReviewDependencies): () => Promise<Review> {
  const { source, detectors, options } = deps;
  const judged = (tree: SourceTree, onFailure?: (path: RepoPath, detail: string) => void): Report =>
    judge(detectors, findRuns(tree, onFailure), options);

  return async function reviewChange(): Promise<Review> {
    const timings = new Stopwatch(deps.clock);
    const snapshot = await timings.during('snapshot', () => source.snapshot());
    const trees = await timings.during('facts', () => readTrees(snapshot, deps));
    const base = timings.through('judge', () => judged(trees.base.tree));
    const partly: FileCoverage['partial'][number][] = [];
    const head = timings.through('judge', () =>
      judged(trees.head.tree, (path, detail) =>
        partly.push({ path, reading: { reason: 'crashed', line: null, detail } }),
      ),
    );
    const comparison = timings.through('compare', () =>
      compareReports({
        base,
        head,
        changes: snapshot.changes,
        detectors,
        options,
        unreadOnBase: new Set(trees.base.tree.unread.keys()),
      }),
    );
    const texts = await timings.during('texts', () => trees.textsOf(comparison.findings));
    const fixes = await timings.during('fixes', () =>
      applicableFixes({
        comparison,
        tree: trees.head.tree,
        texts: texts.head,
        extract: trees.extractText,
        judge: (tree) => judged(tree),
      }),
    );
    const files = { ...trees.head.coverage, partial: [...trees.head.coverage.partial, ...partly] };
    return { snapshot, comparison, fixes, files, texts, timings: timings.read() };
  };
}

class Stopwatch {
  readonly #clock: () => number;
  readonly #spent = new Map<string, number>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  async during<T>(step: string, work: () => Promise<T>): Promise<T> {
    const started = this.#clock();
    try {
      return await work();
    } finally {
      this.#add(step, this.#clock() - started);
    }
  }

  through<T>(step: string, work: () => T): T {
    const started = this.#clock();
    try {
      return work();
    } finally {
      this.#add(step, this.#clock() - started);
    }
  }

  read(): Record<string, number> {
    return Object.fromEntries(this.#spent);
  }

  #add(step: string, milliseconds: number): void {
    this.#spent.set(step, (this.#spent.get(step) ?? 0) + milliseconds);
  }
}
