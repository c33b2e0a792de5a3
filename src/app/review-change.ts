import { compareReports } from '../comparison/compare-reports.js';
import { rulesOf } from '../engine/judge.js';
import { applicableFixes } from '../fixes/prove-fixes.js';
import type { Bounds } from '../model/bounds.js';
import type { Snapshot } from '../model/change.js';
import type { FileCoverage, Review } from '../model/review.js';
import { type Detector, type JudgeOptions, RULE_SET_VERSION } from '../model/rule.js';
import { withFacts } from '../runs/tree/tree-source.js';
import { isGenerated } from './generated-files.js';
import { type JudgedTree, judgeTree } from './judge-tree.js';
import { KeptRuns, type KeptVersions, type KnownRuns } from './kept-runs.js';
import type { ChangeSource, FactCache, FactExtraction, RunCache } from './ports.js';
import type { ReadSide } from './read-side.js';
import { type ReadTrees, readTrees } from './read-trees.js';

export interface ChangeReviewDependencies {
  readonly source: ChangeSource;
  readonly extraction: FactExtraction;
  /** Null to read every file and judge every run anew, on either side and for every fix. */
  readonly caches: ReviewCaches | null;
  readonly detectors: readonly Detector[];
  readonly bounds: Bounds;
  readonly options: JudgeOptions;
  /** Milliseconds, only ever subtracted. */
  readonly clock: () => number;
  readonly progress?: (step: string, done: number, total: number) => void;
}

/** What is kept between the reviews of one repository. */
export interface ReviewCaches {
  readonly facts: FactCache;
  readonly runs: RunCache;
  readonly builds: Builds;
}

/** Names of what is made of facts by whom: another one whenever it may be made differently. */
export interface Builds {
  /** Of the finding of runs. */
  readonly runs: string;
  /** Of all that comes after facts, the finding of runs and the rules among it. */
  readonly judging: string;
}

/** The road of a review, from two trees to everything that a presentation needs. */
export function createChangeReview(deps: ChangeReviewDependencies): () => Promise<Review> {
  const { source, detectors, options, caches } = deps;

  return async function reviewChange(): Promise<Review> {
    const timings = new Stopwatch(deps.clock);
    const snapshot = await timings.during('snapshot', () => source.snapshot());
    const kept = await timings.during('cache', () => knownBefore(snapshot, deps));
    const trees = await timings.during('facts', () =>
      readTrees(snapshot, kept ?? new KeptRuns(), { ...deps, cache: caches?.facts ?? null }),
    );
    const judged = (side: ReadSide, tree = side.source, known: KnownRuns | null = kept): Promise<JudgedTree> =>
      judgeTree(tree, { detectors, options, known, fetchFacts: (paths) => side.fetchFacts(paths) });
    const base = await timings.during('judge', () => judged(trees.base));
    const head = await timings.during('judge', () => judged(trees.head));
    await timings.during('cache', () => keep(kept, trees, deps));
    const comparison = timings.through('compare', () =>
      compareReports({
        base: base.report,
        head: head.report,
        changes: snapshot.changes,
        detectors,
        options,
        unreadOnBase: trees.base.unread,
      }),
    );
    const texts = await timings.during('texts', () => trees.textsOf(comparison.findings));
    const fixes = await timings.during('fixes', () =>
      applicableFixes({
        comparison,
        texts: texts.head,
        isGenerated: (path) => isGenerated(path, texts.head),
        partialOf: (path) => trees.head.partialOf(path),
        extract: trees.extractText,
        judgeWith: async (path, facts) => {
          const edited = withFacts(trees.head.source, path, facts);
          return (await judged(trees.head, edited, kept?.readOnly ?? null)).report;
        },
      }),
    );
    return { snapshot, comparison, fixes, files: coverageOf(trees, head), texts, timings: timings.read() };
  };
}

/** What earlier reviews found out about the files of both trees; null where nothing may be kept. */
async function knownBefore({ base, head }: Snapshot, deps: ChangeReviewDependencies): Promise<KeptRuns | null> {
  if (deps.caches === null) return null;
  const paths = new Set([...base.files.keys(), ...head.files.keys()].filter((path) => deps.extraction.claims(path)));
  return await KeptRuns.read(deps.caches.runs, versionsOf(deps.caches, deps), paths);
}

/** What rests on a file that could not be read this time is not kept. */
async function keep(known: KeptRuns | null, { base, head }: ReadTrees, deps: ChangeReviewDependencies): Promise<void> {
  if (deps.caches === null || known === null || base.isCutShort || head.isCutShort) return;
  await known.write(deps.caches.runs, versionsOf(deps.caches, deps), [...base.files, ...head.files]);
}

/** All that the same files may be outlined, and judged, differently by. */
function versionsOf({ builds }: ReviewCaches, deps: ChangeReviewDependencies): KeptVersions {
  const { extraction, detectors, options } = deps;
  const rules = rulesOf(detectors).map((rule) => rule.id);
  const chosen = JSON.stringify(options, (_, value) => (value instanceof Set ? [...value].sort() : value));
  return {
    outlines: [builds.runs, extraction.version].join('\n'),
    results: [RULE_SET_VERSION, builds.judging, extraction.version, chosen, ...rules].join('\n'),
  };
}

function coverageOf({ head }: ReadTrees, { failures }: JudgedTree): FileCoverage {
  const coverage = head.coverage();
  const partly = failures.map(({ path, detail }) => {
    const reading = { reason: 'crashed', line: null, detail } as const;
    return { path, reading };
  });
  return { ...coverage, partial: [...coverage.partial, ...partly] };
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
