import type { RepoPath } from '../model/identifiers.js';
import type { TrainingRun } from '../model/run.js';
import { findConfigRuns } from './config/config-runs.js';
import { findPythonRuns } from './python/python-runs.js';
import { AskingView } from './tree/asking-view.js';
import type { IndexedTree } from './tree/indexed-tree.js';
import type { Traced } from './tree/questions.js';

/** The runs that one file is the entry of. */
export interface FoundRuns {
  readonly runs: readonly TrainingRun[];
  /** What could not be followed, all or in part, in words. */
  readonly failures: readonly string[];
}

/** Finds the runs of a tree's files, one file at a time. */
export class RunFinder {
  readonly #tree: IndexedTree;
  readonly #scripts = new Map<RepoPath, ScriptRuns>();

  constructor(tree: IndexedTree) {
    this.#tree = tree;
  }

  /** The runs of a file with all that they hang on; null while facts are missing that the tree then names. */
  find(path: RepoPath): Traced<FoundRuns> | null {
    const view = new AskingView(this.#tree);
    const failures: string[] = [];
    const scripts = this.#scriptRuns(path, view);
    const configured = findConfigRuns(path, view, (_, detail) => failures.push(detail)).map((run) => {
      const script = this.#scriptOf(run, view);
      return script === null ? run : withScript(run, script);
    });
    if (!view.isComplete) return null;
    const value = { runs: [...configured, ...scripts.runs], failures: [...scripts.failures, ...failures] };
    return { value, asked: view.asked };
  }

  /** The first run of a script that is among the files of a run. */
  #scriptOf(run: TrainingRun, asking: AskingView): TrainingRun | null {
    for (const file of run.files.toSorted()) {
      const [script] = this.#scriptRuns(file, asking).runs;
      if (script !== undefined) return script;
    }
    return null;
  }

  #scriptRuns(path: RepoPath, asking: AskingView): ScriptRuns {
    const known = this.#scripts.get(path);
    if (known !== undefined) {
      asking.include(known.view);
      return known;
    }
    const view = new AskingView(this.#tree);
    const failures: string[] = [];
    const runs = findPythonRuns(path, view, (_, detail) => failures.push(detail));
    const found = { runs, failures, view };
    if (view.isComplete) this.#scripts.set(path, found);
    asking.include(view);
    return found;
  }
}

interface ScriptRuns extends FoundRuns {
  readonly view: AskingView;
}

/** A file that a script of the tree reads: what that script calls, the run calls. */
function withScript(run: TrainingRun, script: TrainingRun): TrainingRun {
  const { trainer, calls, callsOpen, columns, data, api, uploads } = script;
  const generated = [...run.generated, ...script.generated];
  const parts = [...script.parts, ...run.parts.filter(({ part }) => script.parts.every((it) => it.part !== part))];
  const rewards = run.rewards ?? script.rewards;
  const environment = new Map([...script.environment, ...run.environment]);
  const files = [...new Set([...run.files, ...script.files])];
  const secrets = [...run.secrets, ...script.secrets];
  return {
    ...run,
    trainer,
    calls,
    callsOpen,
    environment,
    files,
    columns,
    data,
    generated,
    api,
    parts,
    rewards,
    uploads,
    secrets,
  };
}
