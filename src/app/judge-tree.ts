import { judgeAlone, judgeTogether, type LoneJudgement, rulesOf } from '../engine/judge.js';
import type { RepoPath } from '../model/identifiers.js';
import type { Report } from '../model/report.js';
import type { Detector, JudgeOptions } from '../model/rule.js';
import { RunFinder } from '../runs/run-finder.js';
import { IndexedTree } from '../runs/tree/indexed-tree.js';
import type { TreeSource } from '../runs/tree/tree-source.js';
import { KeptRuns, type KnownRuns } from './kept-runs.js';
import type { JudgedEntry } from './packed-results.js';

export interface JudgingDependencies {
  readonly detectors: readonly Detector[];
  readonly options: JudgeOptions;
  /** What is known already, and where what is found is added; null to find and judge every run. */
  readonly known: KnownRuns | null;
  /** Reads the facts of files, so that the tree has them. */
  readonly fetchFacts: (paths: readonly RepoPath[]) => Promise<void>;
}

export interface JudgedTree {
  readonly report: Report;
  /** Files whose runs could not be followed, all or in part, and why. */
  readonly failures: readonly { readonly path: RepoPath; readonly detail: string }[];
}

/**
 * Judges every run of a tree. A run is found and judged again only where something that it hangs on is not as it was when
 * it was judged before; the result is the same.
 */
export async function judgeTree(source: TreeSource, deps: JudgingDependencies): Promise<JudgedTree> {
  const known = deps.known ?? new KeptRuns();
  const failures: { path: RepoPath; detail: string }[] = [];
  const tree = new IndexedTree(source, known, (path, detail) => failures.push({ path, detail }));
  await settled(tree, deps, () => tree.frameworks());
  const judging = new TreeJudging(tree, known, deps);
  await settled(tree, deps, () => judging.judgeOpen());
  for (const [path, entry] of judging.entries) {
    failures.push(...entry.failures.map((detail) => ({ path, detail })));
  }
  const judgements = [...judging.entries.values()].flatMap((entry) => entry.judgements).sort(byRun);
  return { report: judgeTogether(deps.detectors, judgements, deps.options), failures };
}

/** Works until nothing is missing any more. */
async function settled(tree: IndexedTree, deps: JudgingDependencies, work: () => void): Promise<void> {
  for (;;) {
    work();
    const missing = tree.takeMissing();
    if (missing.length === 0) return;
    await deps.fetchFacts(missing);
  }
}

/** The entries of one tree, as far as they are judged. */
class TreeJudging {
  readonly entries = new Map<RepoPath, JudgedEntry>();
  readonly #tree: IndexedTree;
  readonly #knownRuns: KnownRuns;
  readonly #deps: JudgingDependencies;
  readonly #finder: RunFinder;

  constructor(tree: IndexedTree, known: KnownRuns, deps: JudgingDependencies) {
    this.#tree = tree;
    this.#knownRuns = known;
    this.#deps = deps;
    this.#finder = new RunFinder(tree);
  }

  judgeOpen(): void {
    for (const path of this.#tree.entries()) {
      if (this.entries.has(path)) continue;
      const entry = this.#known(path) ?? this.#judge(path);
      if (entry !== null) this.entries.set(path, entry);
    }
  }

  #known(path: RepoPath): JudgedEntry | null {
    return this.#knownRuns.entry(path, this.#tree.contentOf(path), (asked) => this.#tree.answersAlike(asked));
  }

  /** Null while facts are missing. */
  #judge(path: RepoPath): JudgedEntry | null {
    // To look for a run is not cheap, and in vain until all is there.
    if (!this.#tree.needFacts([path, ...this.#knownRuns.filesBehind(path)])) return null;
    const found = this.#finder.find(path);
    if (found === null) return null;
    const { detectors, options } = this.#deps;
    const rules = rulesOf(detectors);
    const { runs, failures } = found.value;
    const entry = { judgements: runs.map((run) => judgeAlone(rules, run, options)), failures };
    this.#knownRuns.addEntry(path, this.#tree.contentOf(path), { value: entry, asked: found.asked });
    return entry;
  }
}

function byRun(a: LoneJudgement, b: LoneJudgement): number {
  return a.run.id < b.run.id ? -1 : 1;
}
